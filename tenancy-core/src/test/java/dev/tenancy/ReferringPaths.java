package dev.tenancy;

import static dev.tenancy.Paths.forged;
import static dev.tenancy.Paths.unowned;

import dev.tenancy.Model.Child;
import dev.tenancy.Model.Parent;
import dev.tenancy.Model.Tag;
import dev.tenancy.Relations.Badge;
import dev.tenancy.Relations.Book;
import dev.tenancy.Relations.Entry;
import dev.tenancy.Relations.Label;
import dev.tenancy.Relations.Letter;
import dev.tenancy.Relations.Origin;
import dev.tenancy.Relations.Poster;
import dev.tenancy.Relations.Seal;
import dev.tenancy.Relations.Shelf;
import dev.tenancy.TwoTenants.Ids;
import dev.tenancy.TwoTenants.Path;
import java.sql.PreparedStatement;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.hibernate.Session;

/** Ways to make a row of the caller's own that refers to another. */
@SuppressWarnings({"deprecation", "removal"}) // Old ways in are ways in.
final class ReferringPaths {

    private ReferringPaths() {}

    /** Puts the row of the id into a new row of the caller's own. */
    private interface Put<E, T> {
        void into(E own, T target);
    }

    static Map<String, Path> all() {
        Paths paths = new Paths();
        manyToOne(paths);
        everyAttribute(paths);
        ids(paths);
        bulk(paths);
        return paths.all();
    }

    private static void manyToOne(Paths paths) {
        paths.addWork("persist with getReference", (session, ids) -> session.persist(child(reference(session, ids))));
        paths.addWork(
                "persist with a forged instance", (session, ids) -> session.persist(child(forged(Parent.class, ids))));
        paths.addWork(
                "persist with an instance without a tenant",
                (session, ids) -> session.persist(child(unowned(Parent.class, ids))));
        paths.addWork("persist with a natural id's reference", (session, ids) -> {
            Child child = new Child();
            child.text = ids.code();
            child.parent = session.bySimpleNaturalId(Parent.class).getReference(ids.code());
            if (child.parent == null) {
                throw new IllegalArgumentException("There is no such parent");
            }
            session.persist(child);
        });
        paths.addWork("change of a managed row", (session, ids) -> {
            Child child = child(null);
            session.persist(child);
            session.flush();
            child.parent = reference(session, ids);
        });
        paths.addWork("change of a managed row to a forged instance", (session, ids) -> {
            Child child = child(null);
            session.persist(child);
            session.flush();
            child.parent = forged(Parent.class, ids);
        });
        paths.addWork("merge with getReference", (session, ids) -> session.merge(child(reference(session, ids))));
        paths.addWork(
                "merge with a forged reference", (session, ids) -> session.merge(child(forged(Parent.class, ids))));
        paths.addWork("merge of a detached row with a forged reference", (session, ids) -> {
            Child child = child(null);
            session.persist(child);
            session.flush();
            session.detach(child);
            child.parent = forged(Parent.class, ids);
            session.merge(child);
        });
        paths.addStateless("insert", (session, ids) -> session.insert(child(forged(Parent.class, ids))));
        paths.addStateless("insertMultiple", (session, ids) -> {
            session.insertMultiple(List.of(child(forged(Parent.class, ids)), child(null)));
            return null;
        });
        paths.addStateless("update", (session, ids) -> {
            Child child = child(null);
            session.insert(child);
            child.parent = forged(Parent.class, ids);
            session.update(child);
            return null;
        });
        paths.addStateless("upsert", (session, ids) -> {
            Child child = child(null);
            session.insert(child);
            child.parent = forged(Parent.class, ids);
            session.upsert(child);
            return null;
        });
        paths.addWork("self reference", (session, ids) -> {
            Parent minion = new Parent();
            minion.code = UUID.randomUUID().toString();
            minion.boss = reference(session, ids);
            session.persist(minion);
        });
        paths.addWork("by cascade", (session, ids) -> {
            Parent parent = new Parent();
            parent.code = UUID.randomUUID().toString();
            parent.children.add(child(reference(session, ids)));
            session.persist(parent);
        });
    }

    private static Parent reference(Session session, Ids ids) {
        return session.getReference(Parent.class, ids.id(Parent.class));
    }

    private static Child child(Parent parent) {
        Child child = new Child();
        child.parent = parent;
        return child;
    }

    private static void everyAttribute(Paths paths) {
        toShelf(paths, "list with a join column", Book.class, (shelf, book) -> shelf.books.add(book));
        toShelf(paths, "bag in a join table", Poster.class, (shelf, poster) -> shelf.posters.add(poster));
        toShelf(paths, "many-to-many", Book.class, (shelf, book) -> shelf.lent.add(book));
        toShelf(paths, "key of a map of elements", Label.class, (shelf, label) -> shelf.stock.put(label, "x"));
        toShelf(paths, "embeddable", Label.class, (shelf, label) -> shelf.origin.label = label);
        toShelf(paths, "element that is embeddable", Label.class, (shelf, label) -> {
            Origin origin = new Origin();
            origin.label = label;
            shelf.origins.add(origin);
        });
        for (boolean made : List.of(true, false)) {
            paths.addWork("one-to-one, " + (made ? "forged" : "reference"), (session, ids) -> {
                session.createMutationQuery("update Shelf set seal = null").executeUpdate();
                Shelf shelf = shelf();
                shelf.seal = target(session, Seal.class, ids, made);
                session.persist(shelf);
            });
            paths.addWork("key of a map of entities, " + (made ? "forged" : "reference"), (session, ids) -> {
                Poster poster = new Poster();
                session.persist(poster);
                Shelf shelf = shelf();
                shelf.pairings.put(target(session, Label.class, ids, made), poster);
                session.persist(shelf);
            });
            paths.addWork("value of a map of entities, " + (made ? "forged" : "reference"), (session, ids) -> {
                Label label = new Label();
                session.persist(label);
                Shelf shelf = shelf();
                shelf.pairings.put(label, target(session, Poster.class, ids, made));
                session.persist(shelf);
            });
        }
        paths.addWork("many-to-many of the old model", (session, ids) -> {
            Parent parent = new Parent();
            parent.code = UUID.randomUUID().toString();
            session.persist(parent);
            session.flush();
            parent.tags.add(session.getReference(Tag.class, ids.id(Tag.class)));
        });
        // An id of the caller's own, and the other column of somebody else's row.
        paths.addWork("by another column than the id, of an instance with two faces", (session, ids) -> {
            Letter own = session.find(Letter.class, ids.id(Letter.class));
            if (own == null) {
                own = new Letter();
                own.address = UUID.randomUUID().toString();
                session.persist(own);
                session.flush();
                session.detach(own);
                own.address = "address-" + ids.code();
            }
            Letter letter = new Letter();
            letter.address = UUID.randomUUID().toString();
            letter.reply = own;
            session.persist(letter);
        });
        paths.addWork("by another column than the id, reference", (session, ids) -> {
            Letter letter = new Letter();
            letter.address = UUID.randomUUID().toString();
            letter.reply = session.getReference(Letter.class, ids.id(Letter.class));
            session.persist(letter);
        });
    }

    private static <T> void toShelf(Paths paths, String name, Class<T> entity, Put<Shelf, T> put) {
        for (boolean made : List.of(true, false)) {
            String what = name + ", " + (made ? "forged" : "reference");
            paths.addWork(what + ", persisted", (session, ids) -> {
                Shelf shelf = shelf();
                put.into(shelf, target(session, entity, ids, made));
                session.persist(shelf);
            });
            paths.addWork(what + ", changed", (session, ids) -> {
                Shelf shelf = shelf();
                session.persist(shelf);
                session.flush();
                put.into(shelf, target(session, entity, ids, made));
            });
            paths.addWork(what + ", merged", (session, ids) -> {
                Shelf shelf = shelf();
                session.persist(shelf);
                session.flush();
                session.detach(shelf);
                Shelf detached = shelf();
                Paths.set(detached, "id", shelf.getId());
                Paths.set(detached, "tenantId", shelf.getTenantId());
                detached.room = shelf.room;
                put.into(detached, target(session, entity, ids, made));
                session.merge(detached);
            });
        }
    }

    private static Shelf shelf() {
        Shelf shelf = new Shelf();
        shelf.room = UUID.randomUUID().toString();
        return shelf;
    }

    private static <T> T target(Session session, Class<T> entity, Ids ids, boolean made) {
        return made ? forged(entity, ids) : session.getReference(entity, ids.id(entity));
    }

    /** References inside of an id. */
    private static void ids(Paths paths) {
        for (boolean made : List.of(true, false)) {
            String what = made ? "forged" : "reference";
            paths.addWork(
                    "in an embedded id, " + what,
                    (session, ids) -> session.persist(new Entry(target(session, Book.class, ids, made), 8)));
            paths.addWork("as the id, " + what, (session, ids) -> {
                session.createMutationQuery("delete Badge").executeUpdate();
                Badge badge = new Badge();
                badge.book = target(session, Book.class, ids, made);
                session.persist(badge);
            });
        }
        paths.addStateless("insert with an embedded id", (session, ids) -> {
            session.insert(new Entry(forged(Book.class, ids), 8));
            return null;
        });
    }

    private static void bulk(Paths paths) {
        for (String set : List.of(
                "update Label set shelf = :shelf where id = :own",
                "update Label set shelf = (select s from Shelf s where s = :shelf) where id = :own")) {
            paths.add(
                    "HQL " + set,
                    (session, ids) -> session.createMutationQuery(set)
                            .setParameter("shelf", session.getReference(Shelf.class, ids.id(Shelf.class)))
                            .setParameter("own", ownLabel(session))
                            .executeUpdate());
        }
        paths.add(
                "HQL update of the id of a reference",
                (session, ids) -> session.createMutationQuery("update Label set shelf.id = :shelf where id = :own")
                        .setParameter("shelf", ids.id(Shelf.class))
                        .setParameter("own", ownLabel(session))
                        .executeUpdate());
        paths.add("HQL update of a reference in an embeddable", (session, ids) -> {
            Shelf shelf = shelf();
            session.persist(shelf);
            session.flush();
            return session.createMutationQuery("update Shelf set origin.label = :label where id = :own")
                    .setParameter("label", session.getReference(Label.class, ids.id(Label.class)))
                    .setParameter("own", shelf.getId())
                    .executeUpdate();
        });
        paths.add("Criteria update of a reference", (session, ids) -> {
            UUID own = ownLabel(session);
            var update = session.getCriteriaBuilder().createCriteriaUpdate(Label.class);
            var row = update.from(Label.class);
            update.set(row.<Shelf>get("shelf"), session.getReference(Shelf.class, ids.id(Shelf.class)));
            update.where(session.getCriteriaBuilder().equal(row.get("id"), own));
            return session.createMutationQuery(update).executeUpdate();
        });
        paths.add(
                "HQL insert of values",
                (session, ids) -> session.createMutationQuery(
                                "insert into Label (id, version, text, shelf, tenantId) values (:new, 0, 'x', :shelf, :tenant)")
                        .setParameter("new", UUID.randomUUID())
                        .setParameter("shelf", session.getReference(Shelf.class, ids.id(Shelf.class)))
                        .setParameter("tenant", CurrentTenant.require(UUID.class))
                        .executeUpdate());
        paths.add("HQL insert of a selection", (session, ids) -> {
            session.persist(new Poster());
            session.flush();
            return session.createMutationQuery("insert into Label (id, version, text, shelf, tenantId)"
                            + " select :new, 0, 'x', :shelf, p.tenantId from Poster p where p.text = 'plain' limit 1")
                    .setParameter("new", UUID.randomUUID())
                    .setParameter("shelf", session.getReference(Shelf.class, ids.id(Shelf.class)))
                    .executeUpdate();
        });
        paths.add(
                "native insert",
                (session, ids) -> session.createNativeMutationQuery(
                                "insert into label (id, version, text, shelf_id, tenant_id) values (:new, 0, 'x', :shelf, :tenant)")
                        .setParameter("new", UUID.randomUUID())
                        .setParameter("shelf", ids.id(Shelf.class))
                        .setParameter("tenant", CurrentTenant.require(UUID.class))
                        .executeUpdate());
        paths.add("JDBC update", (session, ids) -> {
            UUID own = ownLabel(session);
            return session.doReturningWork(connection -> {
                try (PreparedStatement update =
                        connection.prepareStatement("update label set shelf_id = ? where id = ? and tenant_id = ?")) {
                    update.setObject(1, ids.id(Shelf.class));
                    update.setObject(2, own);
                    update.setObject(3, CurrentTenant.require(UUID.class));
                    return update.executeUpdate();
                }
            });
        });
    }

    private static UUID ownLabel(Session session) {
        Label label = new Label();
        session.persist(label);
        session.flush();
        return label.getId();
    }
}
