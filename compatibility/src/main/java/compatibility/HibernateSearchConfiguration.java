package compatibility;

import java.util.UUID;
import org.hibernate.search.mapper.pojo.tenancy.TenantIdentifierConverter;

/** Names tenants in the index: Hibernate Search knows only those whose ids are texts. */
public class HibernateSearchConfiguration implements TenantIdentifierConverter {

    @Override
    public Object fromStringValue(String tenant) {
        return UUID.fromString(tenant);
    }
}
