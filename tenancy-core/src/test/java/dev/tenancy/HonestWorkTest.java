package dev.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.tenancy.Model.Child;
import dev.tenancy.Model.Dog;
import dev.tenancy.Model.Parent;
import dev.tenancy.Model.Tag;
import dev.tenancy.Relations.Archived;
import dev.tenancy.Relations.Badge;
import dev.tenancy.Relations.Book;
import dev.tenancy.Relations.Entry;
import dev.tenancy.Relations.Label;
import dev.tenancy.Relations.Letter;
import dev.tenancy.Relations.Origin;
import dev.tenancy.Relations.Poster;
import dev.tenancy.Relations.Seal;
import dev.tenancy.Relations.Shelf;
import dev.tenancy.Relations.Stamp;
import dev.tenancy.TwoTenants.Path;
import jakarta.persistence.LockModeType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.hibernate.Session;
import org.hibernate.query.Order;
import org.hibernate.query.Page;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;
import testserver.NotOnCluster;
import testserver.TestServer;

/**
 * A wall that refuses honest work is also a defect: what an ordinary application does on its own rows comes out as ever, while
 * another tenant has as many rows of the same.
 */
@SuppressWarnings("deprecation") // Old ways are honest, too.
@NotOnCluster("foreign keys in a circle, and a secondary table where a row may be missing")
class HonestWorkTest {

    /** Each with the number of rows that it finds. */
    private static final String QUERIES = """
            from Parent | 2
            from Parent p left join fetch p.children | 2
            from Parent p left join fetch p.tags | 2
            from Parent p left join fetch p.notes | 2
            from Parent p left join fetch p.boss | 2
            from Parent p join fetch p.boss | 1
            select p.id, t.id from Parent p left join p.tags t | 2
            select p.id, c.id from Parent p left join p.children c | 2
            select p.id, c.id from Parent p left join p.children c on c.text = 'no' | 2
            select p.id, t.id from Parent p left join p.tags t on t.text = 'no' | 2
            select p.id, c.id from Parent p left join Child c on c.parent = p | 2
            from Parent p where p.boss is null | 1
            from Parent p where p.boss.id is null | 1
            from Parent p where p.boss is not null | 1
            from Parent p where p.boss.text = 'SECRET' or p.boss is null | 1
            from Parent p where p.children is empty | 1
            from Parent p where p.tags is empty | 1
            from Parent p where size(p.children) = 0 | 1
            from Parent p where not exists (from Child c where c.parent = p) | 1
            from Parent p where p.id in (select c.parent.id from Child c) | 1
            select count(*) from Parent | 1
            select p.text, count(p) from Parent p group by p.text | 1
            from Child c where c.parent.boss is null | 1
            from Animal | 1
            from Animal a where type(a) = Dog | 1
            select treat(a as Dog).bark from Animal a | 1
            from Payment | 1
            from Shape s where treat(s as Circle).radius = 3 | 1
            from Hidden | 1
            from Shelf | 1
            from Shelf s left join fetch s.books | 1
            from Shelf s left join fetch s.posters | 1
            from Shelf s left join fetch s.labels | 1
            from Shelf s left join fetch s.remarks | 1
            from Shelf s left join fetch s.origins | 1
            from Shelf s left join fetch s.seal | 1
            from Poster | 2
            from Poster p where p not in (select x from Shelf s join s.posters x) | 1
            select p.id, s.id from Poster p left join Shelf s on p member of s.posters | 2
            select l.text, s.text from Label l left join l.shelf s | 1
            select b.id, s.id from Book b left join Shelf s on s.seal.id = b.id | 1
            select b.text from Book b left join b.lentTo s where s.text = 'SECRET' | 1
            from Letter | 2
            from Letter l where l.reply is null | 1
            from Letter l left join fetch l.reply | 2
            from Letter l where l.reply.text = 'SECRET' or l.reply is null | 1
            from Seal e left join fetch e.shelf | 1
            from Badge b join fetch b.book | 1
            from Entry e where e.id.book.text = 'SECRET' | 1
            from Archived | 1
            from Stamp | 1
            from Shelf s where s.loud = 'SECRET' | 1
            from Shelf s where s.origin.label is not null | 1
            from Shelf s where s.origin.label.text = 'SECRET' | 1
            from Shelf s where 'SECRET' in elements(s.remarks) | 1
            from Shelf s where s.remarks['SECRET'] = 'SECRET' | 1
            from Shelf s where s.books[0].text = 'SECRET' | 1
            select key(k).text, value(k) from Shelf s join s.stock k | 1
            select key(p).text, value(p).text from Shelf s join s.pairings p | 1
            select s.text from Shelf s union all select b.text from Book b | 2
            select s.text from Shelf s union select b.text from Book b | 1
            select s.text from Shelf s intersect select b.text from Book b | 1
            select s.text from Shelf s except select b.text from Book b | 0
            with x as (select b.text as t from Book b) select y.t from x y | 1
            select x.t from (select b.text as t from Book b) x | 1
            select x.t from Shelf s join lateral (select b.text as t from s.books b) x | 1
            select count(distinct p.text) from Parent p | 1
            select p.text, count(c) from Parent p left join p.children c group by p.id, p.text | 2
            select p.text from Parent p group by p.text having count(*) > 1 | 1
            select p.text, row_number() over (order by p.code) from Parent p | 2
            select p.text from Parent p order by p.boss.text nulls last | 1
            select p.text from Parent p left join p.boss b order by b.text nulls last | 2
            from Parent p where p.amount between 1 and 9 and p.text like 'S%' | 2
            from Parent p where p.id = p.id and p.tenantId = p.tenantId | 2
            from Parent p where (p.text, p.amount) in (select q.text, q.amount from Parent q) | 2
            from Parent p where p.text = (select max(q.text) from Parent q) | 2
            from Parent p where exists (select 1 from Child c where c.parent = p) | 1
            from Parent p where (select count(c) from Child c where c.parent = p) = 0 | 1
            select case when p.boss is null then 'top' else 'minion' end from Parent p | 2
            select p, c from Parent p, Child c where c.parent = p | 1
            select new list(p.text, p.amount) from Parent p | 2
            from Shape s where type(s) = Circle | 1
            from Payment p where type(p) = CardPayment and p.text = 'SECRET' | 1
            from Split where more = 'SECRET' | 1
            """;

    /** Each with the number of rows that it changes. */
    private static final String MUTATIONS = """
            update Parent set text = 'x' | 2
            update Parent set boss = null | 2
            update Child set parent = null | 1
            update Child c set c.parent = (select p from Parent p where p.boss is not null) | 1
            update Parent set amount = amount + 1 where boss.id is null | 1
            update Animal set text = 'x' | 1
            update Dog set bark = 'x' | 1
            update Split set more = 'x' | 1
            update CardPayment set card = 'x' | 1
            delete Child | 1
            delete Dog | 1
            delete Payment | 1
            delete Hidden where text = 'SECRET' | 1
            update Shelf set text = 'x' | 1
            update Shelf s set s.text = 'x' where s.seal.text = 'SECRET' | 1
            update Shelf s set s.text = 'x' where s.origin.label.text = 'SECRET' | 1
            update Shelf s set s.origin.street = 'x', s.origin.label = null | 1
            update Shelf s set s.text = (select max(b.text) from Book b) | 1
            update Shelf s set s.text = 'x' where exists (select 1 from s.books b) | 1
            update Label set shelf = null | 1
            update Label l set l.shelf = (select s from Shelf s) | 1
            update Letter l set l.text = 'x' where l.reply is null | 1
            update versioned Parent set text = 'x' | 2
            update Parent p set p.text = 'x' where p.boss.text = 'SECRET' | 1
            update Parent p set p.text = 'x' where p.id in (select c.parent.id from Child c) | 1
            update Parent p set p.amount = case when p.boss is null then 1 else 2 end | 2
            update Payment set text = 'x' | 1
            update Archived set text = 'x' | 1
            update Stamp set text = 'x' where text = 'SECRET' | 1
            update Entry set text = 'x' | 1
            delete Archived | 1
            delete Stamp | 1
            delete Entry | 1
            delete Badge | 1
            delete Animal | 1
            delete Shape | 1
            delete Letter l where l.reply is not null | 1
            insert into Stamp (id, text, tenantId) select 'copy', b.text, b.tenantId from Book b | 1
            """;

    private static final List<AutoCloseable> OPEN = new ArrayList<>();

    /** Work, and what comes out of it. */
    private record Work(Path path, Object result) {}

    @AfterAll
    static void close() throws Exception {
        for (AutoCloseable one : OPEN) {
            one.close();
        }
    }

    @TestFactory
    Stream<DynamicContainer> whatATenantDoesWithItsOwnRowsComesOutAsEver() throws IOException {
        TestServer postgres = TestServer.start();
        OPEN.add(postgres);
        return Stream.of(
                work("h2", "jdbc:h2:mem:honest;DB_CLOSE_DELAY=-1"),
                work("postgres", postgres.getJdbcUrl("postgres", "postgres")));
    }

    private static DynamicContainer work(String database, String url) {
        TwoTenants tenants = AccessPathsTest.tenants(url);
        OPEN.add(0, tenants);
        Map<String, Work> all = new LinkedHashMap<>();
        QUERIES.lines().map(line -> line.split(" \\| ")).forEach(line -> all.put(line[0], query(line[0], line[1])));
        MUTATIONS
                .lines()
                .map(line -> line.split(" \\| "))
                .forEach(line -> all.put(line[0], mutation(line[0], line[1])));
        instances(all);
        collections(all);
        statelessly(all);
        results(all);
        return dynamicContainer(
                database,
                all.entrySet().stream()
                        .filter(work -> !AccessPathsTest.isBeyondProof(work.getKey(), tenants.isH2()))
                        .map(work -> dynamicTest(
                                work.getKey(),
                                () -> assertThat(tenants.ownWork(work.getValue().path()))
                                        .isEqualTo(work.getValue().result()))));
    }

    private static Work query(String query, String rows) {
        return new Work(
                (session, ids) -> session.createSelectionQuery(query, Object[].class)
                        .getResultList()
                        .size(),
                Integer.valueOf(rows.trim()));
    }

    private static Work mutation(String statement, String rows) {
        return new Work(
                (session, ids) -> session.createMutationQuery(statement).executeUpdate(), Integer.valueOf(rows.trim()));
    }

    private static void instances(Map<String, Work> all) {
        all.put(
                "a reference set, changed and taken away",
                new Work(
                        (session, ids) -> {
                            Child child = session.createQuery("from Child", Child.class)
                                    .getSingleResult();
                            Parent minion = session.createQuery("from Parent where boss is not null", Parent.class)
                                    .getSingleResult();
                            child.parent = minion;
                            session.flush();
                            child.parent = session.getReference(Parent.class, minion.boss.getId());
                            session.flush();
                            child.parent = null;
                            session.flush();
                            return count(session, "Child c where c.parent is null");
                        },
                        1L));
        all.put(
                "a reference to a detached row",
                new Work(
                        (session, ids) -> {
                            Parent parent = session.find(Parent.class, ids.id(Parent.class));
                            session.detach(parent);
                            Child child = new Child();
                            child.parent = parent;
                            session.persist(child);
                            session.flush();
                            return count(session, "Child c where c.parent.boss is null");
                        },
                        2L));
        all.put(
                "a detached row merged, its version counted",
                new Work(
                        (session, ids) -> {
                            Parent parent = session.find(Parent.class, ids.id(Parent.class));
                            session.detach(parent);
                            parent.text = "changed";
                            session.merge(parent);
                            session.flush();
                            session.clear();
                            parent = session.find(Parent.class, ids.id(Parent.class));
                            return parent.text + parent.getVersion();
                        },
                        "changed1"));
        all.put(
                "a request's body merged",
                new Work(
                        (session, ids) -> {
                            Book body = Paths.unowned(Book.class, ids);
                            body.text = "changed";
                            return session.merge(body).text;
                        },
                        "changed"));
        all.put(
                "a new row merged",
                new Work(
                        (session, ids) -> {
                            session.merge(new Poster());
                            return count(session, "Poster");
                        },
                        3L));
        all.put(
                "a new row with an assigned id",
                new Work(
                        (session, ids) -> {
                            session.persist(new Stamp(UUID.randomUUID().toString()));
                            session.merge(new Stamp(UUID.randomUUID().toString()));
                            return count(session, "Stamp");
                        },
                        3L));
        all.put(
                "a graph persisted in one go",
                new Work(
                        (session, ids) -> {
                            Parent parent = new Parent();
                            parent.code = UUID.randomUUID().toString();
                            Child child = new Child();
                            child.parent = parent;
                            parent.children.add(child);
                            parent.tags.add(new Tag());
                            session.persist(parent);
                            session.flush();
                            return count(session, "Child") + count(session, "Tag");
                        },
                        4L));
        all.put(
                "thirty rows in a batch",
                new Work(
                        (session, ids) -> {
                            session.setJdbcBatchSize(10);
                            for (int row = 0; row < 30; row++) {
                                session.persist(new Book());
                            }
                            return count(session, "Book");
                        },
                        31L));
        all.put(
                "thirty rows with references in a batch",
                new Work(
                        (session, ids) -> {
                            session.setJdbcBatchSize(10);
                            for (int row = 0; row < 30; row++) {
                                Child child = new Child();
                                child.parent = session.getReference(Parent.class, ids.id(Parent.class));
                                session.persist(child);
                            }
                            return count(session, "Child c where c.parent.id is not null");
                        },
                        31L));
        all.put(
                "a row removed",
                new Work(
                        (session, ids) -> {
                            session.remove(session.find(Child.class, ids.id(Child.class)));
                            return count(session, "Child");
                        },
                        0L));
        all.put(
                "a row removed by its reference",
                new Work(
                        (session, ids) -> {
                            session.remove(session.getReference(Child.class, ids.id(Child.class)));
                            return count(session, "Child");
                        },
                        0L));
        all.put(
                "a row persisted and removed",
                new Work(
                        (session, ids) -> {
                            Book book = new Book();
                            session.persist(book);
                            session.flush();
                            session.remove(book);
                            return count(session, "Book");
                        },
                        1L));
        all.put(
                "a soft deletion",
                new Work(
                        (session, ids) -> {
                            session.remove(session.find(Archived.class, ids.id(Archived.class)));
                            return count(session, "Archived");
                        },
                        0L));
        all.put(
                "a joined subclass changed and removed",
                new Work(
                        (session, ids) -> {
                            Dog dog = session.find(Dog.class, ids.id(Dog.class));
                            dog.bark = "changed";
                            dog.text = "changed";
                            session.flush();
                            session.remove(dog);
                            session.persist(new Dog());
                            return count(session, "Dog");
                        },
                        1L));
        all.put(
                "a refresh",
                new Work(
                        (session, ids) -> {
                            Book book = session.find(Book.class, ids.id(Book.class));
                            book.text = "forgotten";
                            session.refresh(book);
                            return book.text;
                        },
                        Model.SECRET));
        for (LockModeType lock : List.of(
                LockModeType.OPTIMISTIC,
                LockModeType.OPTIMISTIC_FORCE_INCREMENT,
                LockModeType.PESSIMISTIC_READ,
                LockModeType.PESSIMISTIC_WRITE,
                LockModeType.PESSIMISTIC_FORCE_INCREMENT)) {
            all.put(
                    "a lock " + lock,
                    new Work(
                            (session, ids) -> {
                                Book book = session.find(Book.class, ids.id(Book.class));
                                session.lock(book, lock);
                                return book.text;
                            },
                            Model.SECRET));
        }
        all.put(
                "a mutable natural id changed",
                new Work(
                        (session, ids) -> {
                            String address = UUID.randomUUID().toString();
                            Letter letter =
                                    session.bySimpleNaturalId(Letter.class).load("reply-" + ids.code());
                            letter.address = address;
                            session.flush();
                            return session.bySimpleNaturalId(Letter.class).load(address) == letter;
                        },
                        true));
        all.put(
                "a reference by another column",
                new Work(
                        (session, ids) -> {
                            Letter letter = new Letter();
                            letter.address = UUID.randomUUID().toString();
                            letter.reply = session.find(Letter.class, ids.id(Letter.class));
                            session.persist(letter);
                            return count(session, "Letter l where l.reply.text = 'SECRET'");
                        },
                        2L));
        all.put(
                "a shared id",
                new Work(
                        (session, ids) -> {
                            Book book = new Book();
                            session.persist(book);
                            Badge badge = new Badge();
                            badge.book = book;
                            session.persist(badge);
                            return count(session, "Badge");
                        },
                        2L));
        all.put(
                "an id that holds a reference",
                new Work(
                        (session, ids) -> {
                            session.persist(new Entry(session.getReference(Book.class, ids.id(Book.class)), 8));
                            session.persist(new Entry(session.find(Book.class, ids.id(Book.class)), 9));
                            return count(session, "Entry");
                        },
                        3L));
        all.put(
                "a one-to-one exchanged",
                new Work(
                        (session, ids) -> {
                            Shelf shelf = session.find(Shelf.class, ids.id(Shelf.class));
                            Seal seal = new Seal();
                            session.persist(seal);
                            shelf.seal = seal;
                            session.flush();
                            return count(session, "Seal s where s.shelf is not null");
                        },
                        1L));
        all.put(
                "a second transaction",
                new Work(
                        (session, ids) -> {
                            session.persist(new Book());
                            session.getTransaction().commit();
                            session.beginTransaction();
                            return count(session, "Book");
                        },
                        2L));
        all.put(
                "a transaction rolled back",
                new Work(
                        (session, ids) -> {
                            session.persist(new Book());
                            session.flush();
                            session.getTransaction().rollback();
                            session.clear();
                            session.beginTransaction();
                            return count(session, "Book");
                        },
                        1L));
    }

    private static long count(Session session, String from) {
        return session.createSelectionQuery("select count(*) from " + from, Long.class)
                .getSingleResult();
    }

    private static void collections(Map<String, Work> all) {
        collection(all, "an element put", "key(r) from Shelf s join s.remarks r", 2, (session, shelf) -> {
            shelf.remarks.put("key", "value");
        });
        collection(all, "an element changed", "r from Shelf s join s.remarks r", 1, (session, shelf) -> {
            shelf.remarks.put(Model.SECRET, "value");
        });
        collection(all, "elements cleared", "r from Shelf s join s.remarks r", 0, (session, shelf) -> {
            shelf.remarks.clear();
        });
        collection(all, "an embeddable added", "o from Shelf s join s.origins o", 2, (session, shelf) -> {
            Origin origin = new Origin();
            origin.label = session.createQuery("from Label", Label.class).getSingleResult();
            shelf.origins.add(origin);
        });
        collection(all, "an embeddable changed", "o from Shelf s join s.origins o", 1, (session, shelf) -> {
            shelf.origins.get(0).street = "changed";
        });
        collection(all, "a list reordered", "b from Shelf s join s.books b", 2, (session, shelf) -> {
            Book book = new Book();
            session.persist(book);
            shelf.books.add(0, book);
        });
        collection(all, "a list's row taken out", "b from Shelf s join s.books b", 0, (session, shelf) -> {
            shelf.books.remove(0);
        });
        collection(all, "a bag in a join table extended", "p from Shelf s join s.posters p", 2, (session, shelf) -> {
            Poster poster = new Poster();
            session.persist(poster);
            shelf.posters.add(poster);
        });
        collection(all, "a many-to-many extended", "b from Shelf s join s.lent b", 2, (session, shelf) -> {
            Book book = new Book();
            session.persist(book);
            shelf.lent.add(book);
        });
        collection(all, "a many-to-many cleared", "b from Shelf s join s.lent b", 0, (session, shelf) -> {
            shelf.lent.clear();
        });
        collection(all, "a map with entities as keys", "value(k) from Shelf s join s.stock k", 2, (session, shelf) -> {
            Label label = new Label();
            session.persist(label);
            shelf.stock.put(label, "x");
        });
        collection(all, "a map of entities to entities", "p from Shelf s join s.pairings p", 2, (session, shelf) -> {
            Label label = new Label();
            Poster poster = new Poster();
            session.persist(label);
            session.persist(poster);
            shelf.pairings.put(label, poster);
        });
        collection(all, "rows added from the other side", "l from Shelf s join s.ordered l", 2, (session, shelf) -> {
            Label label = new Label();
            label.shelf = shelf;
            session.persist(label);
        });
        all.put(
                "a new row with collections",
                new Work(
                        (session, ids) -> {
                            Shelf shelf = new Shelf();
                            shelf.room = UUID.randomUUID().toString();
                            shelf.remarks.put("key", "value");
                            shelf.lent.add(session.getReference(Book.class, ids.id(Book.class)));
                            shelf.stock.put(session.getReference(Label.class, ids.id(Label.class)), "x");
                            session.persist(shelf);
                            return count(session, "Shelf s join s.stock k");
                        },
                        2L));
        all.put(
                "a row removed with its collections",
                new Work(
                        (session, ids) -> {
                            Shelf shelf = session.find(Shelf.class, ids.id(Shelf.class));
                            session.createMutationQuery("update Label set shelf = null")
                                    .executeUpdate();
                            session.remove(shelf);
                            return count(session, "Shelf");
                        },
                        0L));
        all.put(
                "collections merged",
                new Work(
                        (session, ids) -> {
                            Shelf shelf = session.find(Shelf.class, ids.id(Shelf.class));
                            shelf.remarks.size();
                            shelf.lent.size();
                            session.clear();
                            shelf.remarks.put("key", "value");
                            session.merge(shelf);
                            return count(session, "Shelf s join s.remarks r");
                        },
                        2L));
    }

    private interface Change {
        void of(Session session, Shelf shelf);
    }

    private static void collection(Map<String, Work> all, String name, String left, int size, Change change) {
        all.put(
                name,
                new Work(
                        (session, ids) -> {
                            change.of(session, session.find(Shelf.class, ids.id(Shelf.class)));
                            session.flush();
                            session.clear();
                            return session.createSelectionQuery("select " + left, Object.class)
                                    .getResultList()
                                    .size();
                        },
                        size));
    }

    private static void statelessly(Map<String, Work> all) {
        all.put(
                "a stateless session's writes",
                new Work(
                        (session, ids) -> session.getSessionFactory().fromStatelessTransaction(stateless -> {
                            Book book = new Book();
                            stateless.insert(book);
                            book.text = "changed";
                            stateless.update(book);
                            if (RunningHibernate.UPSERTS_WITH_TENANT) {
                                stateless.upsert(book);
                            }
                            String text = stateless.get(Book.class, book.getId()).text;
                            stateless.delete(book);
                            return text;
                        }),
                        "changed"));
        all.put(
                "a stateless session's insert with a reference",
                new Work(
                        (session, ids) -> session.getSessionFactory().fromStatelessTransaction(stateless -> {
                            Child child = new Child();
                            child.parent = stateless.get(Parent.class, ids.id(Parent.class));
                            stateless.insert(child);
                            return stateless
                                    .createSelectionQuery("from Child c where c.parent.id = :id", Child.class)
                                    .setParameter("id", ids.id(Parent.class))
                                    .getResultCount();
                        }),
                        2L));
        all.put(
                "a stateless session's collections",
                new Work(
                        (session, ids) -> session.getSessionFactory().fromStatelessTransaction(stateless -> {
                            Shelf shelf = stateless.get(Shelf.class, ids.id(Shelf.class));
                            stateless.fetch(shelf.lent);
                            Book book = new Book();
                            stateless.insert(book);
                            shelf.lent.add(book);
                            stateless.update(shelf);
                            return stateless
                                    .createSelectionQuery("select b from Shelf s join s.lent b", Book.class)
                                    .getResultCount();
                        }),
                        2L));
        all.put(
                "a stateless session's lists",
                new Work(
                        (session, ids) -> session.getSessionFactory().fromStatelessTransaction(stateless -> {
                            Book book = new Book();
                            stateless.insertMultiple(List.of(book, new Book()));
                            stateless.updateMultiple(List.of(book));
                            if (RunningHibernate.UPSERTS_WITH_TENANT) {
                                stateless.upsertMultiple(List.of(book));
                            }
                            stateless.deleteMultiple(List.of(book));
                            return stateless
                                    .getMultiple(Book.class, List.of(book.getId(), ids.id(Book.class)))
                                    .size();
                        }),
                        2));
        all.put(
                "a shared session",
                new Work(
                        (session, ids) -> {
                            session.persist(new Book());
                            session.flush();
                            try (Session child =
                                    session.sessionWithOptions().connection().open()) {
                                return count(child, "Book");
                            }
                        },
                        2L));
    }

    private static void results(Map<String, Work> all) {
        all.put(
                "a page",
                new Work(
                        (session, ids) -> session.createSelectionQuery("from Parent order by id", Parent.class)
                                .setPage(Page.page(1, 1))
                                .getResultList()
                                .size(),
                        1));
        all.put(
                "pages by key",
                new Work(
                        (session, ids) -> {
                            var query = session.createSelectionQuery("from Parent", Parent.class);
                            var first = query.getKeyedResultList(Page.first(1).keyedBy(Order.asc(Parent.class, "id")));
                            return query.getKeyedResultList(first.getNextPage())
                                    .getResultList()
                                    .size();
                        },
                        1));
        all.put(
                "a result count",
                new Work(
                        (session, ids) -> session.createSelectionQuery("from Parent", Parent.class)
                                .getResultCount(),
                        2L));
        all.put(
                "a stream",
                new Work(
                        (session, ids) -> session.createSelectionQuery("from Parent", Parent.class)
                                .getResultStream()
                                .count(),
                        2L));
        all.put(
                "native SQL of the tenant's own",
                new Work(
                        (session, ids) -> session.createNativeQuery(
                                        "select * from book where tenant_id = :tenant", Book.class)
                                .setParameter("tenant", CurrentTenant.require(UUID.class))
                                .getResultList()
                                .size(),
                        1));
        all.put(
                "a native update of the tenant's own",
                new Work(
                        (session, ids) -> session.createNativeMutationQuery(
                                        "update book set text = 'x' where tenant_id = :tenant")
                                .setParameter("tenant", CurrentTenant.require(UUID.class))
                                .executeUpdate(),
                        1));
        all.put(
                "HQL insert of values",
                new Work(
                        (session, ids) -> session.createMutationQuery(
                                        "insert into Stamp (id, text, tenantId) values (:id, 'x', :tenant)")
                                .setParameter("id", UUID.randomUUID().toString())
                                .setParameter("tenant", CurrentTenant.require(UUID.class))
                                .executeUpdate(),
                        1));
    }
}
