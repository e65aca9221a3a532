package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.Model.Animal;
import dev.tenancy.Model.CardPayment;
import dev.tenancy.Model.Child;
import dev.tenancy.Model.Circle;
import dev.tenancy.Model.Dog;
import dev.tenancy.Model.Parent;
import dev.tenancy.Model.Payment;
import dev.tenancy.Model.Shape;
import dev.tenancy.Model.Split;
import dev.tenancy.Model.Tag;
import jakarta.persistence.ConstraintMode;
import jakarta.persistence.Entity;
import jakarta.persistence.ForeignKey;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.MetadataSources;
import org.hibernate.boot.registry.StandardServiceRegistry;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.cfg.MultiTenancySettings;
import org.junit.jupiter.api.Test;

class ShardingCheckTest {

    @Test
    void nothingStandsInTheWayOfEntitiesWithOneTableEach() {
        assertThat(obstacles(Shape.class, Circle.class, Item.class, Sub.class)).isEmpty();
    }

    /** Their joins have the tenant on both sides, and go to one shard. */
    @Test
    void furtherTablesOfAnEntityAndItsCollectionsAreNotNamed() {
        assertThat(obstacles(Animal.class, Dog.class, Payment.class, CardPayment.class))
                .isEmpty();
        assertThat(obstacles(Parent.class, Child.class, Tag.class)).isEmpty();
    }

    @Test
    void aRowOfASecondaryTableThatMayBeMissingIsNamed() {
        assertThat(obstacles(Split.class))
                .singleElement()
                .asString()
                .contains("dev.tenancy.Model$Split", "split_more", "optional = false");
    }

    @Test
    void aReferenceFromWhatNoTenantOwnsIsNamed() {
        assertThat(obstacles(Item.class, Pointer.class))
                .singleElement()
                .asString()
                .contains("table Pointer to dev.tenancy.ShardingCheckTest$Item", "Turn the reference round");
    }

    @Test
    void aForeignKeySpelledOutWithoutTheTenantIsNamedAndSoIsOneThatSetsNull() {
        assertThat(obstacles(Item.class, Spelled.class))
                .satisfiesExactly(
                        one -> assertThat(one).contains("spelled_item", "without the tenant. Add tenant_id"),
                        one -> assertThat(one).contains("spelled_item", "set null"));
    }

    private static List<String> obstacles(Class<?>... entities) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("hibernate.connection.url", "jdbc:h2:mem:routability");
        TenantIsolation.applyTo(settings);
        try (StandardServiceRegistry registry =
                new StandardServiceRegistryBuilder().applySettings(settings).build()) {
            Metadata metadata =
                    new MetadataSources(registry).addAnnotatedClasses(entities).buildMetadata();
            OwnedEntities owned =
                    ((SessionTenant) settings.get(MultiTenancySettings.MULTI_TENANT_IDENTIFIER_RESOLVER)).owned();
            return ShardingCheck.obstacles(metadata, owned);
        }
    }

    @Entity(name = "Item")
    static class Item extends TenantOwned {

        @ManyToOne
        Item parent;
    }

    @Entity(name = "Sub")
    static class Sub extends Item {}

    @Entity(name = "Pointer")
    @GlobalEntity(reason = "a mistake")
    static class Pointer {

        @Id
        Long id;

        @ManyToOne
        Item item;
    }

    @Entity(name = "Spelled")
    static class Spelled extends TenantOwned {

        @ManyToOne
        @JoinColumn(
                foreignKey =
                        @ForeignKey(
                                name = "spelled_item",
                                value = ConstraintMode.CONSTRAINT,
                                foreignKeyDefinition = "foreign key (item_id) references Item (id) on delete SET NULL"))
        Item item;
    }
}
