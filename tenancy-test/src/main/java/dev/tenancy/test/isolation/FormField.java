package dev.tenancy.test.isolation;

import java.beans.PropertyEditor;
import java.util.UUID;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;
import org.springframework.core.convert.ConversionException;
import org.springframework.core.convert.ConversionService;
import org.springframework.core.convert.TypeDescriptor;
import org.springframework.web.bind.WebDataBinder;

/**
 * How Spring reads a field of a form, and so how a value has to be written in it: as a page would show it.
 *
 * @param name with its path, such as {@code address.city} or {@code lines[0].name}
 * @param type of the property
 * @param row whose row is meant: by its id where that is what the property holds, else as the application's own converter reads it;
 *     null if it is a plain value
 */
record FormField(
        String name,
        TypeDescriptor type,
        WebDataBinder binder,
        @Nullable EntityPersister row) {

    private static final TypeDescriptor TEXT = TypeDescriptor.valueOf(String.class);

    boolean isRowById() {
        return row != null && !row.getMappedClass().isAssignableFrom(type.getType());
    }

    /** Whether Spring can make the property of a text. */
    boolean isRead() {
        ConversionService conversion = binder.getConversionService();
        return binder.findCustomEditor(type.getType(), name) != null
                || conversion != null && conversion.canConvert(TEXT, type);
    }

    /** Of what is no text yet and has the property's type, its text; anything else as it is. */
    Object written(Object value) {
        boolean plain = value instanceof CharSequence || value instanceof Number || value instanceof UUID;
        return !plain && type.getObjectType().isInstance(value) ? text(value) : value;
    }

    String text(Object value) {
        PropertyEditor editor = binder.findCustomEditor(type.getType(), name);
        if (editor != null) {
            editor.setValue(value);
            String text = editor.getAsText();
            if (text != null && !text.isEmpty()) {
                return text;
            }
        }
        ConversionService conversion = binder.getConversionService();
        if (conversion == null || !conversion.canConvert(type, TEXT)) {
            return value.toString();
        }
        try {
            return String.valueOf(conversion.convert(value, type, TEXT));
        } catch (ConversionException oneWay) {
            // An application has to read only.
            return value.toString();
        }
    }
}
