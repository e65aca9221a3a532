package dev.tenancy.spring.crud;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hibernate.metamodel.mapping.SelectableMapping;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at start whether each order and filter that a list offers has an index within the tenant. */
final class ListIndexes {

    private static final Logger LOG = LoggerFactory.getLogger(ListIndexes.class);

    private ListIndexes() {}

    /** Names what no index serves, and the index that would. */
    static void tell(Class<?> controller, RecordShape<?, ?> shape, CrudOffer offer) {
        Set<String> unserved = new LinkedHashSet<>();
        Set<String> wanted = new LinkedHashSet<>();
        Stream<AttributePath> paths =
                Stream.concat(offer.sorts().stream(), offer.filters().stream().map(Filter::path));
        for (AttributePath path : paths.toList()) {
            SelectableMapping column = path.column();
            if (column == null) {
                continue;
            }
            List<String> columns = new ArrayList<>();
            if (shape.tenant() instanceof SelectableMapping tenant) {
                columns.add(tenant.getSelectionExpression());
            }
            columns.add(column.getSelectionExpression());
            String table = column.getContainingTableExpression();
            if (!shape.facts().hasIndex(table, columns)) {
                unserved.add(path.name());
                wanted.add(columns.stream()
                        .collect(Collectors.joining(
                                ", ",
                                "create index on " + table + " (",
                                ", " + shape.persister().getIdentifierColumnNames()[0] + ")")));
            }
        }
        if (!unserved.isEmpty()) {
            LOG.warn(
                    "Lists of {} read all rows of a tenant to sort or filter by {}: no index serves that. {}; or take the names out of"
                            + " @Crud.",
                    controller.getName(),
                    unserved,
                    String.join("; ", wanted));
        }
    }
}
