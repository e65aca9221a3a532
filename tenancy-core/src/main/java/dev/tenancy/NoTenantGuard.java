package dev.tenancy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.hibernate.binder.internal.TenantIdBinder;
import org.hibernate.boot.Metadata;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Table;
import org.hibernate.resource.jdbc.spi.StatementInspector;

/** Refuses a statement that names a tenant-owned table while no tenant is current. */
final class NoTenantGuard implements StatementInspector {

    private static final long serialVersionUID = 1L;

    private transient volatile Map<Pattern, String> entityByTable = Map.of();

    void learn(Metadata metadata) {
        Map<Pattern, String> tables = new LinkedHashMap<>();
        for (PersistentClass entity : metadata.getEntityBindings()) {
            if (isOwned(entity)) {
                for (Table table : entity.getTableClosure()) {
                    Pattern name =
                            Pattern.compile("\\b" + Pattern.quote(table.getName()) + "\\b", Pattern.CASE_INSENSITIVE);
                    tables.put(name, entity.getEntityName());
                }
            }
        }
        entityByTable = Map.copyOf(tables);
    }

    private static boolean isOwned(PersistentClass entity) {
        return entity.getRootClass().getFilters().stream()
                .anyMatch(filter -> TenantIdBinder.FILTER_NAME.equals(filter.getName()));
    }

    // The text alone is looked at: a name inside a literal is refused as well, which errs on the safe side.
    @Override
    public String inspect(String sql) {
        if (CurrentTenant.find().isEmpty()) {
            entityByTable.forEach((table, entity) -> {
                if (table.matcher(sql).find()) {
                    throw new NoTenantException("A statement on the tenant-owned entity " + entity + " was refused");
                }
            });
        }
        return sql;
    }
}
