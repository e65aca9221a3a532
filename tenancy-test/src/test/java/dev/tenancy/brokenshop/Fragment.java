package dev.tenancy.brokenshop;

import dev.tenancy.shop.Customer;
import jakarta.persistence.EntityManager;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

public interface Fragment {

    int beside(String name) throws SQLException;

    String remembered(UUID id);

    class FragmentImpl implements Fragment {

        private final Map<UUID, String> names = new ConcurrentHashMap<>();
        private final EntityManager entities;

        FragmentImpl(EntityManager entities) {
            this.entities = entities;
        }

        /** Over a connection that is not guarded. */
        @Override
        public int beside(String name) throws SQLException {
            String url =
                    (String) entities.getEntityManagerFactory().getProperties().get("shop.url");
            try (Connection connection = DriverManager.getConnection(url, "sa", "");
                    var statement = connection.prepareStatement("select count(*) from customer where name = ?")) {
                statement.setString(1, name);
                try (ResultSet result = statement.executeQuery()) {
                    result.next();
                    return result.getInt(1);
                }
            }
        }

        /** In a map that all share. */
        @Override
        public String remembered(UUID id) {
            return names.computeIfAbsent(id, key -> {
                Customer found = entities.find(Customer.class, key);
                return found == null ? null : found.getName();
            });
        }
    }
}
