package dev.tenancy.test.isolation;

import java.util.List;
import java.util.function.Function;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.data.domain.Example;
import org.springframework.data.domain.ExampleMatcher;
import org.springframework.data.domain.Limit;
import org.springframework.data.domain.PageRequest;
import org.springframework.data.domain.Pageable;
import org.springframework.data.domain.ScrollPosition;
import org.springframework.data.domain.Sort;
import org.springframework.data.jpa.domain.DeleteSpecification;
import org.springframework.data.jpa.domain.PredicateSpecification;
import org.springframework.data.jpa.domain.Specification;
import org.springframework.data.jpa.domain.UpdateSpecification;
import org.springframework.data.repository.query.FluentQuery.FetchableFluentQuery;

/** Values of the types that methods of Spring Data repositories take. */
final class SpringDataTypes implements SampleArguments.Types {

    private final SampleRows rows;

    SpringDataTypes(SampleRows rows) {
        this.rows = rows;
    }

    @Override
    public List<?> of(ResolvableType parameter, RowValues row, EntityPersister entity) {
        Class<?> type = parameter.resolve(Object.class);
        if (type.isAssignableFrom(PageRequest.class) && Pageable.class.isAssignableFrom(type)) {
            return List.of(PageRequest.of(0, 200));
        }
        if (type == Sort.class) {
            return List.of(Sort.unsorted());
        }
        if (type == Limit.class) {
            return List.of(Limit.of(200));
        }
        if (ScrollPosition.class.isAssignableFrom(type)) {
            return List.of(ScrollPosition.offset());
        }
        if (type == Class.class) {
            Class<?> projection = parameter.getGeneric(0).resolve(Object.class);
            return List.of(projection == Object.class ? entity.getMappedClass() : projection);
        }
        if (type == Example.class) {
            return examples(row);
        }
        if (type == Function.class) {
            Function<FetchableFluentQuery<?>, Object> all = FetchableFluentQuery::all;
            return List.of(all);
        }
        return specifications(type, row, entity);
    }

    private static List<?> examples(RowValues row) {
        Object probe = row.instances().get(0);
        return List.of(Example.of(probe), Example.of(probe, ExampleMatcher.matchingAny()));
    }

    private List<?> specifications(Class<?> type, RowValues row, EntityPersister entity) {
        String id = row.all().get(0).path();
        Object value = row.all().get(0).value();
        if (type == Specification.class) {
            Specification<Object> byId = (root, query, criteria) -> criteria.equal(root.get(id), value);
            return List.of(byId);
        }
        if (type == PredicateSpecification.class) {
            PredicateSpecification<Object> byId = (root, criteria) -> criteria.equal(root.get(id), value);
            return List.of(byId);
        }
        if (type == DeleteSpecification.class) {
            DeleteSpecification<Object> byId = (root, delete, criteria) -> criteria.equal(root.get(id), value);
            return List.of(byId);
        }
        return type == UpdateSpecification.class ? updates(id, value, entity) : List.of();
    }

    private List<?> updates(String id, Object value, EntityPersister entity) {
        return RowValues.changeable(entity).stream()
                .<UpdateSpecification<Object>>map(attribute -> (root, update, criteria) -> {
                    @Nullable Object changed = rows.values().of(attribute.getJavaType().getJavaTypeClass(), attribute, true);
                    update.set(attribute.getAttributeName(), changed);
                    return criteria.equal(root.get(id), value);
                })
                .toList();
    }
}
