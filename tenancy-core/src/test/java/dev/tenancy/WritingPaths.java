package dev.tenancy;

import static dev.tenancy.Paths.forged;
import static dev.tenancy.Paths.unowned;
import static dev.tenancy.Paths.unproxied;

import dev.tenancy.Model.CardPayment;
import dev.tenancy.Model.Child;
import dev.tenancy.Model.Circle;
import dev.tenancy.Model.Dog;
import dev.tenancy.Model.Hidden;
import dev.tenancy.Model.Parent;
import dev.tenancy.Model.Split;
import dev.tenancy.Model.Tag;
import dev.tenancy.Relations.Archived;
import dev.tenancy.Relations.Badge;
import dev.tenancy.Relations.Book;
import dev.tenancy.Relations.Entry;
import dev.tenancy.Relations.Label;
import dev.tenancy.Relations.Letter;
import dev.tenancy.Relations.Poster;
import dev.tenancy.Relations.Shelf;
import dev.tenancy.Relations.Stamp;
import dev.tenancy.TwoTenants.Path;
import jakarta.persistence.LockModeType;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.hibernate.LockMode;
import org.hibernate.ReplicationMode;
import org.hibernate.Session;

/** Ways to change a row, to take it away or to take it over. */
@SuppressWarnings({"deprecation", "removal"}) // Old ways in are ways in.
final class WritingPaths {

    private WritingPaths() {}

    static Map<String, Path> all() {
        Paths paths = new Paths();
        everyEntity(paths);
        bulk(paths);
        inserts(paths);
        instances(paths);
        stateless(paths);
        collections(paths);
        sql(paths);
        otherSessions(paths);
        return paths.all();
    }

    private static void everyEntity(Paths paths) {
        for (Class<?> entity : List.of(
                Parent.class,
                Child.class,
                Dog.class,
                Circle.class,
                CardPayment.class,
                Split.class,
                Hidden.class,
                Book.class,
                Badge.class,
                Archived.class,
                Stamp.class,
                Entry.class)) {
            String name = entity.getSimpleName();
            paths.addMutation(entity, "update " + name + " set text = 'changed'");
            paths.addMutation(entity, "update " + name + " set text = 'changed' where id = :id");
            paths.add("Criteria update " + name, (session, ids) -> Paths.criteriaUpdate(session, entity));
        }
        for (Class<?> entity : List.of(
                Child.class,
                Dog.class,
                Circle.class,
                CardPayment.class,
                Split.class,
                Hidden.class,
                Badge.class,
                Archived.class,
                Stamp.class,
                Entry.class)) {
            String name = entity.getSimpleName();
            paths.addMutation(entity, "delete " + name);
            paths.addMutation(entity, "delete " + name + " where id = :id");
            paths.add("Criteria delete " + name, (session, ids) -> Paths.criteriaDelete(session, entity));
            paths.addWork(
                    "remove reference " + name,
                    (session, ids) -> session.remove(session.getReference(entity, ids.id(entity))));
        }
    }

    private static void bulk(Paths paths) {
        paths.addMutation(Parent.class, "update versioned Parent set text = 'changed'");
        paths.addMutation(
                Parent.class, "update Parent p set text = 'changed' where p.id in (select c.parent.id from Child c)");
        for (String statement : List.of(
                "update Shelf s set s.text = 'changed' where s.id = :id or 1 = 1",
                "update Shelf s set s.number = s.number + 1 where s.id = :id",
                "update Shelf s set s.origin.street = 'changed' where s.id = :id",
                "update Shelf s set s.origin.label = null where s.id = :id",
                "update Shelf s set s.seal = null where s.id = :id",
                "update Shelf s set s.text = (select max(b.text) || '!' from Book b) where s.id = :id",
                "update Shelf s set s.text = 'changed' where exists (select 1 from s.books b) and s.id = :id",
                "update Shelf s set s.text = 'changed' where s.seal.text = 'SECRET' and s.id = :id",
                "update Shelf s set s.text = 'changed' where size(s.posters) = 1 and s.id = :id",
                "update Label l set l.shelf = null where l.shelf.id = :id",
                "update Label l set l.text = 'changed' where l.shelf.text = 'SECRET' and l.shelf.id = :id",
                "update Book b set b.text = 'changed' where b.id in (select y.i from (select c.id as i from Book c) y)",
                "delete Archived a where a.id in (select y.i from (select c.id as i from Archived c) y)",
                "update Animal set text = 'changed'",
                "update Dog set bark = 'changed'",
                "update Payment set text = 'changed'",
                "update Split set more = 'changed'",
                "delete Animal",
                "delete Payment",
                "delete Shape",
                "delete Stamp s where s.text in (select b.text from Book b)")) {
            paths.addMutation(Shelf.class, statement);
        }
        paths.addWork(
                "named mutation",
                (session, ids) -> session.createNamedMutationQuery("Shelf.change")
                        .setParameter("id", ids.id(Shelf.class))
                        .executeUpdate());
    }

    private static void inserts(Paths paths) {
        paths.addMutation(
                Child.class,
                "insert into Tag (id, version, text, tenantId) select c.parent.id, 0, c.text, c.tenantId from Child c where c.id = :id");
        paths.addMutation(
                Book.class,
                "insert into Stamp (id, text, tenantId) select 'copy', b.text, b.tenantId from Book b where b.id = :id");
        paths.addMutation(
                Book.class,
                "insert into Stamp (id, text, tenantId) with x as (select b.text as t, b.tenantId as o from Book b"
                        + " where b.id = :id) select 'copy', y.t, y.o from x y");
        paths.add(
                "HQL insert of a row of the owner's",
                (session, ids) -> session.createMutationQuery(
                                "insert into Stamp (id, text, tenantId) values (:new, 'theirs', :tenant)")
                        .setParameter("new", UUID.randomUUID().toString())
                        .setParameter("tenant", AccessPathsTest.ACME)
                        .executeUpdate());
        paths.add("HQL insert-select of a row of the owner's", (session, ids) -> {
            session.persist(new Poster());
            session.flush();
            return session.createMutationQuery("insert into Stamp (id, text, tenantId)"
                            + " select :new, 'theirs', :tenant from Poster p where p.text = 'plain' limit 1")
                    .setParameter("new", UUID.randomUUID().toString())
                    .setParameter("tenant", AccessPathsTest.ACME)
                    .executeUpdate();
        });
        for (String conflict : List.of(
                "do update set text = 'changed'",
                "do update set text = excluded.text",
                "do update set text = 'changed' where text = 'SECRET'")) {
            paths.add(
                    "HQL insert on conflict " + conflict,
                    (session, ids) -> session.createMutationQuery(
                                    "insert into Stamp (id, text, tenantId) values (:id, 'changed', :tenant) on conflict (id) "
                                            + conflict)
                            .setParameter("id", ids.id(Stamp.class))
                            .setParameter("tenant", CurrentTenant.require(UUID.class))
                            .executeUpdate());
        }
        paths.add(
                "HQL insert on conflict do update of one's own row",
                (session, ids) -> session.createMutationQuery("insert into Stamp (id, text, tenantId)"
                                + " values (:id, 'changed', :own) on conflict (id) do update set text = excluded.text"
                                + " where tenantId = :own")
                        .setParameter("id", ids.id(Stamp.class))
                        .setParameter("own", CurrentTenant.require(UUID.class))
                        .executeUpdate());
        paths.add("Criteria insert of a row of the owner's", (session, ids) -> {
            var criteria = session.getCriteriaBuilder();
            var insert = criteria.createCriteriaInsertValues(Stamp.class);
            insert.setInsertionTargetPaths(
                    insert.getTarget().get("id"),
                    insert.getTarget().get("text"),
                    insert.getTarget().get("tenantId"));
            insert.values(criteria.values(
                    criteria.value(UUID.randomUUID().toString()),
                    criteria.value("theirs"),
                    criteria.value(AccessPathsTest.ACME)));
            return session.createMutationQuery(insert).executeUpdate();
        });
        paths.addWork("persist of a row of the owner's", (session, ids) -> {
            Poster poster = new Poster();
            Paths.set(poster, "tenantId", AccessPathsTest.ACME);
            session.persist(poster);
        });
        paths.addStateless("insert of a row of the owner's", (session, ids) -> {
            Stamp stamp = new Stamp("new");
            stamp.tenantId = AccessPathsTest.ACME;
            session.insert(stamp);
            return null;
        });
        paths.addWork("merge of a row of the owner's", (session, ids) -> {
            Stamp stamp = new Stamp("new");
            stamp.tenantId = AccessPathsTest.ACME;
            session.merge(stamp);
        });
    }

    private static void instances(Paths paths) {
        paths.addWork("merge of a forged instance", (session, ids) -> {
            Child detached = forged(Child.class, ids);
            detached.text = "changed";
            session.merge(detached);
        });
        paths.addWork("merge of an instance without a tenant", (session, ids) -> {
            Child detached = unowned(Child.class, ids);
            detached.text = "changed";
            session.merge(detached);
        });
        paths.addWork("merge of an instance that names its owner", (session, ids) -> {
            Child detached = forged(Child.class, ids);
            Paths.set(detached, "tenantId", AccessPathsTest.ACME);
            detached.text = "changed";
            session.merge(detached);
        });
        paths.addWork("merge of a forged instance with an assigned id", (session, ids) -> {
            Stamp detached = forged(Stamp.class, ids);
            detached.text = "changed";
            session.merge(detached);
        });
        paths.addWork("merge by cascade", (session, ids) -> {
            Shelf shelf = new Shelf();
            shelf.room = UUID.randomUUID().toString();
            Book book = forged(Book.class, ids);
            book.text = "changed";
            shelf.books.add(book);
            session.merge(shelf);
        });
        paths.addWork("change of a row found", (session, ids) -> {
            Book book = session.find(Book.class, ids.id(Book.class));
            if (book != null) {
                book.text = "changed";
            }
        });
        paths.addWork("change of a row of an embedded id", (session, ids) -> {
            Entry entry = session.find(Entry.class, ids.id(Entry.class));
            if (entry != null) {
                entry.text = "changed";
            }
        });
        paths.addWork(
                "change through a reference", (session, ids) -> unproxied(session, Book.class, ids).text = "changed");
        paths.addWork("change of a detached row, merged", (session, ids) -> {
            Book book = session.find(Book.class, ids.id(Book.class));
            if (book != null) {
                session.detach(book);
                book.text = "changed";
                session.merge(book);
            }
        });
        paths.addWork(
                "remove of a forged instance",
                (session, ids) -> session.remove(session.merge(forged(Child.class, ids))));
        paths.addWork("remove of a row found", (session, ids) -> {
            Stamp stamp = session.find(Stamp.class, ids.id(Stamp.class));
            if (stamp != null) {
                session.remove(stamp);
            }
        });
        for (ReplicationMode mode : List.of(ReplicationMode.OVERWRITE, ReplicationMode.LATEST_VERSION)) {
            paths.addWork("replicate " + mode, (session, ids) -> {
                Book book = forged(Book.class, ids);
                Paths.set(book, "version", 9L);
                book.text = "changed";
                session.replicate(book, mode);
            });
        }
        paths.addWork(
                "lock of a reference, version forced",
                (session, ids) -> session.lock(
                        session.getReference(Book.class, ids.id(Book.class)),
                        LockModeType.PESSIMISTIC_FORCE_INCREMENT));
        paths.addWork(
                "find, version forced",
                (session, ids) ->
                        session.find(Book.class, ids.id(Book.class), LockModeType.PESSIMISTIC_FORCE_INCREMENT));
        paths.addWork(
                "find, version forced at the end",
                (session, ids) ->
                        session.find(Book.class, ids.id(Book.class), LockModeType.OPTIMISTIC_FORCE_INCREMENT));
        paths.addWork(
                "query, version forced",
                (session, ids) -> session.createSelectionQuery("from Book", Book.class)
                        .setHibernateLockMode(LockMode.PESSIMISTIC_FORCE_INCREMENT)
                        .getResultList());
        paths.addWork("change while scrolling", (session, ids) -> {
            try (var rows =
                    session.createSelectionQuery("from Book", Book.class).scroll()) {
                while (rows.next()) {
                    rows.get().text = "changed";
                }
            }
        });
        paths.addWork("change of a mutable natural id", (session, ids) -> {
            Letter letter = session.bySimpleNaturalId(Letter.class).load("reply-" + ids.code());
            if (letter != null) {
                letter.address = "changed";
            }
        });
    }

    private static void stateless(Paths paths) {
        paths.addStateless("update", (session, ids) -> {
            session.update(changed(forged(Child.class, ids)));
            return null;
        });
        paths.addStateless("update of an instance that names its owner", (session, ids) -> {
            Child child = changed(forged(Child.class, ids));
            Paths.set(child, "tenantId", AccessPathsTest.ACME);
            session.update(child);
            return null;
        });
        paths.addStateless("updateMultiple", (session, ids) -> {
            session.updateMultiple(List.of(changed(forged(Child.class, ids))));
            return null;
        });
        paths.addStateless("delete", (session, ids) -> {
            session.delete(forged(Child.class, ids));
            return null;
        });
        paths.addStateless("deleteMultiple", (session, ids) -> {
            session.deleteMultiple(List.of(forged(Child.class, ids)));
            return null;
        });
        paths.addStateless("delete of an instance that names its owner", (session, ids) -> {
            Child child = forged(Child.class, ids);
            Paths.set(child, "tenantId", AccessPathsTest.ACME);
            session.delete(child);
            return null;
        });
        paths.addStateless("upsert", (session, ids) -> {
            session.upsert(changed(forged(Child.class, ids)));
            return null;
        });
        if (RunningHibernate.UPSERTS_WITH_TENANT) {
            paths.addStateless("upsert of an instance that names its owner", (session, ids) -> {
                Child child = changed(forged(Child.class, ids));
                Paths.set(child, "tenantId", AccessPathsTest.ACME);
                session.upsert(child);
                return null;
            });
        }
        paths.addStateless("upsertMultiple", (session, ids) -> {
            session.upsertMultiple(List.of(changed(forged(Child.class, ids))));
            return null;
        });
        paths.addStateless("upsert of an assigned id", (session, ids) -> {
            Stamp stamp = forged(Stamp.class, ids);
            stamp.text = "changed";
            session.upsert(stamp);
            return null;
        });
        paths.addStateless("upsert of a joined subclass", (session, ids) -> {
            Dog dog = forged(Dog.class, ids);
            dog.bark = "changed";
            session.upsert(dog);
            return null;
        });
        paths.addStateless("update of a joined subclass", (session, ids) -> {
            Dog dog = forged(Dog.class, ids);
            dog.bark = "changed";
            session.update(dog);
            return null;
        });
        paths.addStateless("delete of a joined subclass", (session, ids) -> {
            session.delete(forged(Dog.class, ids));
            return null;
        });
        paths.addStateless("update of a secondary table", (session, ids) -> {
            Split split = forged(Split.class, ids);
            split.more = "changed";
            session.update(split);
            return null;
        });
        paths.addStateless("upsert of a secondary table", (session, ids) -> {
            Split split = forged(Split.class, ids);
            split.more = "changed";
            session.upsert(split);
            return null;
        });
        paths.addStateless("delete of a soft-deleted row", (session, ids) -> {
            session.delete(forged(Archived.class, ids));
            return null;
        });
        paths.addStateless(
                "bulk update",
                (session, ids) -> session.createMutationQuery("update Book set text = 'changed'")
                        .executeUpdate());
    }

    private static Child changed(Child child) {
        child.text = "changed";
        return child;
    }

    private static void collections(Paths paths) {
        Map<String, Consumer<Shelf>> changes = Map.ofEntries(
                Map.entry("list cleared", shelf -> shelf.books.clear()),
                Map.entry("list replaced", shelf -> shelf.books = null),
                Map.entry("bag in a join table cleared", shelf -> shelf.posters.clear()),
                Map.entry("map of elements cleared", shelf -> shelf.remarks.clear()),
                Map.entry("element put", shelf -> shelf.remarks.put("key", "value")),
                Map.entry("element changed", shelf -> shelf.remarks.put(Model.SECRET, "value")),
                Map.entry("embeddables cleared", shelf -> shelf.origins.clear()),
                Map.entry("embeddable added", shelf -> shelf.origins.add(new Relations.Origin())),
                Map.entry("embeddable changed", shelf -> shelf.origins.get(0).street = "changed"),
                Map.entry("map with entities as keys cleared", shelf -> shelf.stock.clear()),
                Map.entry("map of entities to entities cleared", shelf -> shelf.pairings.clear()),
                Map.entry("many-to-many cleared", shelf -> shelf.lent.clear()),
                Map.entry("one-to-one taken away", shelf -> shelf.seal = null));
        changes.forEach((name, change) -> {
            paths.addWork(
                    name + ", of a reference", (session, ids) -> change.accept(unproxied(session, Shelf.class, ids)));
            paths.addWork(name + ", of a row found", (session, ids) -> {
                Shelf shelf = session.find(Shelf.class, ids.id(Shelf.class));
                if (shelf != null) {
                    change.accept(shelf);
                }
            });
        });
        paths.addWork(
                "collection of a reference cleared",
                (session, ids) -> unproxied(session, Parent.class, ids).notes.clear());
        paths.addWork(
                "many-to-many of a reference cleared",
                (session, ids) -> unproxied(session, Parent.class, ids).tags.clear());
        // Merging compares an instance's collections with the row's.
        paths.addWork("merge with empty collections", (session, ids) -> {
            Shelf shelf = forged(Shelf.class, ids);
            shelf.room = ids.code();
            shelf.number = 7;
            session.merge(shelf);
        });
        paths.addWork("merge with other elements", (session, ids) -> {
            Shelf shelf = forged(Shelf.class, ids);
            shelf.room = ids.code();
            shelf.number = 7;
            shelf.remarks.put("key", "value");
            session.merge(shelf);
        });
    }

    private static void sql(Paths paths) {
        paths.add(
                "native update",
                (session, ids) -> session.createNativeMutationQuery("update book set text = 'changed' where id = :id")
                        .setParameter("id", ids.id(Book.class))
                        .executeUpdate());
        paths.add(
                "native delete",
                (session, ids) -> session.createNativeMutationQuery("delete from stamp where id = :id")
                        .setParameter("id", ids.id(Stamp.class))
                        .executeUpdate());
        paths.add(
                "native delete on a collection's table",
                (session, ids) -> session.createNativeMutationQuery("delete from shelf_remark where shelf_id = :id")
                        .setParameter("id", ids.id(Shelf.class))
                        .executeUpdate());
        paths.add(
                "JDBC statement",
                (session, ids) -> session.doReturningWork(connection -> {
                    try (Statement statement = connection.createStatement()) {
                        return statement.executeUpdate(
                                "update book set text = 'changed' where id = '" + ids.id(Book.class) + "'");
                    }
                }));
        paths.add(
                "JDBC prepared statement",
                (session, ids) -> session.doReturningWork(connection -> {
                    try (PreparedStatement update =
                            connection.prepareStatement("update book set text = 'changed' where id = ?")) {
                        update.setObject(1, ids.id(Book.class));
                        return update.executeUpdate();
                    }
                }));
        paths.add(
                "JDBC batch",
                (session, ids) -> session.doReturningWork(connection -> {
                    try (PreparedStatement update =
                            connection.prepareStatement("update book set text = 'changed' where id = ?")) {
                        update.setObject(1, ids.id(Book.class));
                        update.addBatch();
                        return update.executeBatch()[0];
                    }
                }));
    }

    private static void otherSessions(Paths paths) {
        paths.addWork("bulk update in a shared session of the owner's tenant", (session, ids) -> {
            try (Session child = session.sessionWithOptions()
                    .connection()
                    .tenantIdentifier((Object) AccessPathsTest.ACME)
                    .open()) {
                child.createMutationQuery("update Book set text = 'changed'").executeUpdate();
            }
        });
        paths.addWork("bulk delete in a session of the owner's tenant", (session, ids) -> {
            try (Session own = session.getSessionFactory()
                    .withOptions()
                    .tenantIdentifier((Object) AccessPathsTest.ACME)
                    .openSession()) {
                own.beginTransaction();
                own.createMutationQuery("delete Stamp").executeUpdate();
                own.getTransaction().commit();
            }
        });
        paths.addWork("persist in a session of the owner's tenant", (session, ids) -> {
            try (Session own = session.getSessionFactory()
                    .withOptions()
                    .tenantIdentifier((Object) AccessPathsTest.ACME)
                    .openSession()) {
                own.beginTransaction();
                own.persist(new Tag());
                own.getTransaction().commit();
            }
        });
        paths.addWork("bulk update without the guard of statements", (session, ids) -> {
            try (Session bare = session.getSessionFactory()
                    .withOptions()
                    .statementInspector(UnaryOperator.identity())
                    .openSession()) {
                bare.beginTransaction();
                bare.createMutationQuery("update Book set text = 'changed'").executeUpdate();
                bare.getTransaction().commit();
            }
        });
        paths.addWork("label of a shelf found, moved away", (session, ids) -> {
            Label label = session.find(Label.class, ids.id(Label.class));
            if (label != null) {
                label.shelf = null;
            }
        });
    }
}
