package dev.tenancy;

import jakarta.persistence.Basic;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.SecondaryTable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hibernate.SessionFactory;
import org.hibernate.annotations.NaturalId;
import org.hibernate.annotations.SQLRestriction;
import org.hibernate.cfg.Configuration;

/** Entities of every shape, all owned. Their texts hold the word SECRET, which no other tenant may ever see. */
final class Model {

    static final String SECRET = "SECRET";

    static final Class<?>[] ENTITIES = {
        Parent.class,
        Child.class,
        Tag.class,
        Animal.class,
        Dog.class,
        Shape.class,
        Circle.class,
        Payment.class,
        CardPayment.class,
        Split.class,
        Hidden.class
    };

    private Model() {}

    @Entity(name = "Parent")
    static class Parent extends TenantOwned {

        String text = SECRET;

        @NaturalId
        String code;

        int amount = 7;

        @Embedded
        Address address = new Address();

        @OneToMany(mappedBy = "parent", cascade = CascadeType.PERSIST)
        Set<Child> children = new HashSet<>();

        @ManyToMany(cascade = CascadeType.PERSIST)
        Set<Tag> tags = new HashSet<>();

        @ElementCollection
        Set<String> notes = new HashSet<>();

        @ManyToOne(fetch = FetchType.LAZY)
        Parent boss;

        @Override
        public String toString() {
            return "Parent:" + text + ":" + amount;
        }
    }

    @Embeddable
    static class Address {
        String street = SECRET;
    }

    @Entity(name = "Child")
    static class Child extends TenantOwned {

        String text = SECRET;

        @ManyToOne(fetch = FetchType.LAZY)
        Parent parent;

        @Override
        public String toString() {
            return "Child:" + text;
        }
    }

    @Entity(name = "Tag")
    static class Tag extends TenantOwned {

        String text = SECRET;

        @ManyToMany(mappedBy = "tags")
        Set<Parent> parents = new HashSet<>();

        @Override
        public String toString() {
            return "Tag:" + text;
        }
    }

    @Entity(name = "Animal")
    @Inheritance(strategy = InheritanceType.JOINED)
    static class Animal extends TenantOwned {

        String text = SECRET;

        @Override
        public String toString() {
            return "Animal:" + text;
        }
    }

    @Entity(name = "Dog")
    static class Dog extends Animal {
        String bark = SECRET;
    }

    @Entity(name = "Shape")
    @Inheritance(strategy = InheritanceType.SINGLE_TABLE)
    static class Shape extends TenantOwned {

        String text = SECRET;

        @Override
        public String toString() {
            return "Shape:" + text;
        }
    }

    @Entity(name = "Circle")
    static class Circle extends Shape {
        int radius = 3;
    }

    @Entity(name = "Payment")
    @Inheritance(strategy = InheritanceType.TABLE_PER_CLASS)
    static class Payment extends TenantOwned {

        String text = SECRET;

        @Override
        public String toString() {
            return "Payment:" + text;
        }
    }

    @Entity(name = "CardPayment")
    static class CardPayment extends Payment {
        String card = SECRET;
    }

    @Entity(name = "Split")
    @SecondaryTable(name = "split_more")
    static class Split extends TenantOwned {

        String text = SECRET;

        @Basic
        @Column(table = "split_more")
        String more = SECRET;

        @Override
        public String toString() {
            return "Split:" + text + more;
        }
    }

    @Entity(name = "Hidden")
    @SQLRestriction("deleted = false")
    static class Hidden extends TenantOwned {

        String text = SECRET;
        boolean deleted;

        @Override
        public String toString() {
            return "Hidden:" + text;
        }
    }

    /** A session factory over all of them, isolated, that makes its schema and drops it. */
    static SessionFactory factory(String url, Map<String, Object> more) {
        return factory(url, more, ENTITIES);
    }

    static SessionFactory factory(String url, Map<String, Object> more, Class<?>... entities) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.put("hibernate.connection.url", url);
        return factory(settings, entities);
    }

    static SessionFactory factory(Map<String, Object> more) {
        return factory(more, ENTITIES);
    }

    static SessionFactory factory(Map<String, Object> more, Class<?>... entities) {
        Map<String, Object> settings = new HashMap<>(more);
        settings.putIfAbsent("hibernate.hbm2ddl.auto", "create-drop");
        TenantIsolation.applyTo(settings);
        Configuration configuration = new Configuration();
        configuration.getProperties().putAll(settings);
        Arrays.stream(entities).forEach(configuration::addAnnotatedClass);
        return configuration.buildSessionFactory();
    }

    /** One row of each, of the tenant that is current. */
    static List<TenantOwned> rows(String code) {
        Parent parent = new Parent();
        parent.code = code;
        parent.notes.add(SECRET);
        Child child = new Child();
        child.parent = parent;
        parent.children.add(child);
        Tag tag = new Tag();
        tag.parents.add(parent);
        parent.tags.add(tag);
        Parent minion = new Parent();
        minion.code = code + "-minion";
        minion.boss = parent;
        return List.of(
                parent, child, tag, minion, new Dog(), new Circle(), new CardPayment(), new Split(), new Hidden());
    }
}
