package dev.tenancy.spring.crud;

import dev.tenancy.spring.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** An attribute by which a list may be filtered. */
record Filter(AttributePath path, ValueFormat format) {

    private static final int MAX_VALUES = 100;

    /** How a value of the row is compared with that of the parameter; {@code suffix} ends the parameter's name. */
    enum Operator {
        EQUAL(""),
        GTE(".gte"),
        LTE(".lte"),
        GT(".gt"),
        LT(".lt"),
        IN(".in"),
        CONTAINS(".contains"),
        IS_NULL(".isnull");

        private final String suffix;

        Operator(String suffix) {
            this.suffix = suffix;
        }

        String suffix() {
            return suffix;
        }
    }

    /** What one parameter asks for. */
    record Term(Filter filter, Operator operator, List<Object> values) {

        void in(QueryText query) {
            String path = query.path(filter.path());
            Object value = values.get(0);
            query.where(
                    switch (operator) {
                        case EQUAL -> path + " = " + query.parameter(value);
                        case GTE -> path + " >= " + query.parameter(value);
                        case LTE -> path + " <= " + query.parameter(value);
                        case GT -> path + " > " + query.parameter(value);
                        case LT -> path + " < " + query.parameter(value);
                        case IN -> path + " in (" + query.parameter(values) + ")";
                        case CONTAINS -> contains(query, path, (String) value);
                        case IS_NULL -> path + (Boolean.TRUE.equals(value) ? " is null" : " is not null");
                    });
        }
    }

    static String contains(QueryText query, String path, String text) {
        String pattern = "%" + text.toLowerCase(Locale.ROOT).replaceAll("[\\\\%_]", "\\\\$0") + "%";
        return "lower(" + path + ") like " + query.parameter(pattern) + " escape '\\'";
    }

    List<Operator> operators() {
        return Arrays.stream(Operator.values())
                .filter(operator -> switch (operator) {
                    case EQUAL, IN, IS_NULL -> true;
                    case GTE, LTE, GT, LT -> format.ordered();
                    case CONTAINS -> format.isText();
                })
                .toList();
    }

    /** The names of the parameters that these filters take, each with what it stands for. */
    static Map<String, Map.Entry<Filter, Operator>> parameters(List<Filter> filters) {
        Map<String, Map.Entry<Filter, Operator>> parameters = new LinkedHashMap<>();
        for (Filter filter : filters) {
            for (Operator operator : filter.operators()) {
                parameters.put(filter.path().name() + operator.suffix(), Map.entry(filter, operator));
            }
        }
        return parameters;
    }

    Term parse(Operator operator, String parameter, List<String> texts) {
        List<Object> values = new ArrayList<>();
        if (operator == Operator.IN) {
            for (String text : texts) {
                for (String part : text.split(",", -1)) {
                    values.add(parse(format, parameter, part));
                }
            }
            if (values.size() > MAX_VALUES) {
                throw RefusedException.parameter(parameter, "must have at most " + MAX_VALUES + " values");
            }
        } else if (texts.size() == 1) {
            ValueFormat expected = operator == Operator.IS_NULL ? BOOLEAN : format;
            values.add(parse(expected, parameter, texts.get(0)));
        } else {
            throw RefusedException.parameter(parameter, "must be given once");
        }
        return new Term(this, operator, List.copyOf(values));
    }

    private static final ValueFormat BOOLEAN = java.util.Objects.requireNonNull(ValueFormat.of(Boolean.class));

    private static Object parse(ValueFormat format, String parameter, String text) {
        Object value = format.parse(text);
        if (value == null) {
            String why = Problem.FieldFault.ofType(parameter, format.type()).message();
            throw RefusedException.parameter(parameter, format.isText() ? why + " of 1 to 200 characters" : why);
        }
        return value;
    }
}
