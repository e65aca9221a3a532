package dev.tenancy;

import static dev.tenancy.Paths.unproxied;

import dev.tenancy.Model.Child;
import dev.tenancy.Model.Parent;
import dev.tenancy.Model.Payment;
import dev.tenancy.Relations.Archived;
import dev.tenancy.Relations.Badge;
import dev.tenancy.Relations.Book;
import dev.tenancy.Relations.Entry;
import dev.tenancy.Relations.EntryId;
import dev.tenancy.Relations.Label;
import dev.tenancy.Relations.Letter;
import dev.tenancy.Relations.Poster;
import dev.tenancy.Relations.Seal;
import dev.tenancy.Relations.Shelf;
import dev.tenancy.Relations.ShelfText;
import dev.tenancy.Relations.Stamp;
import dev.tenancy.TwoTenants.Path;
import jakarta.persistence.CacheRetrieveMode;
import jakarta.persistence.LockModeType;
import jakarta.persistence.ParameterMode;
import jakarta.persistence.PessimisticLockScope;
import jakarta.persistence.Timeout;
import jakarta.persistence.Tuple;
import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.CriteriaQuery;
import jakarta.persistence.criteria.JoinType;
import jakarta.persistence.criteria.Root;
import jakarta.persistence.criteria.Subquery;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.hibernate.BatchSize;
import org.hibernate.Hibernate;
import org.hibernate.KeyType;
import org.hibernate.LockMode;
import org.hibernate.OrderingMode;
import org.hibernate.ReadOnlyMode;
import org.hibernate.RemovalsMode;
import org.hibernate.ScrollMode;
import org.hibernate.ScrollableResults;
import org.hibernate.Session;
import org.hibernate.SessionCheckMode;
import org.hibernate.StatelessSession;
import org.hibernate.graph.GraphSemantic;
import org.hibernate.query.Order;
import org.hibernate.query.Page;

/** Ways to see a row. */
@SuppressWarnings({"deprecation", "removal"}) // Old ways in are ways in.
final class ReadingPaths {

    private ReadingPaths() {}

    static Map<String, Path> all() {
        Paths paths = new Paths();
        everyEntity(paths);
        queries(paths);
        relationQueries(paths);
        finding(paths);
        naturalIds(paths);
        existence(paths);
        stateless(paths);
        namedNativeAndProcedures(paths);
        results(paths);
        criteria(paths);
        collections(paths);
        otherSessions(paths);
        return paths.all();
    }

    private static void everyEntity(Paths paths) {
        List<Class<?>> entities = new ArrayList<>(List.of(Model.ENTITIES));
        entities.addAll(List.of(Relations.ENTITIES));
        for (Class<?> entity : entities) {
            String name = entity.getSimpleName();
            paths.add("find " + name, (session, ids) -> session.find(entity, ids.id(entity)));
            // PostgreSQL locks no rows of a union, whoever asks.
            if (entity != Payment.class && entity != Seal.class) {
                paths.add(
                        "find " + name + " with a lock",
                        (session, ids) -> session.find(entity, ids.id(entity), LockModeType.PESSIMISTIC_WRITE));
            }
            paths.addQuery(entity, "from " + name);
            paths.addQuery(entity, "from " + name + " where id = :id");
            paths.addQuery(entity, "select e.text from " + name + " e");
            paths.add(
                    "getReference " + name,
                    (session, ids) ->
                            session.getReference(entity, ids.id(entity)).toString());
            paths.addStateless("get " + name, (session, ids) -> session.get(entity, ids.id(entity)));
            paths.addStateless(
                    "query " + name,
                    (session, ids) ->
                            session.createQuery("from " + name, entity).getResultList());
            paths.add(
                    "multiple ids of " + name, (session, ids) -> session.findMultiple(entity, List.of(ids.id(entity))));
            paths.add("Criteria " + name, (session, ids) -> {
                CriteriaQuery<?> query = session.getCriteriaBuilder().createQuery(entity);
                query.from(entity);
                return session.createQuery(query).getResultList();
            });
        }
    }

    private static void queries(Paths paths) {
        for (String query : List.of(
                "from Child where parent.id = :id",
                "from Child where parent.text = 'SECRET' and parent.id = :id",
                "select c.parent from Child c where c.parent.id = :id",
                "select c.parent.text from Child c where c.parent.id = :id",
                "from Child c join fetch c.parent where c.parent.id = :id",
                "from Child c left join fetch c.parent p where p.id = :id",
                "from Parent p join fetch p.children where p.id = :id",
                "from Parent p left join fetch p.children where p.id = :id",
                "from Parent p left join fetch p.tags where p.id = :id",
                "from Parent p left join fetch p.notes where p.id = :id",
                "select n from Parent p join p.notes n where p.id = :id",
                "select t from Parent p join p.tags t where p.id = :id",
                "select t.text from Parent p join p.tags t where p.id = :id",
                "select p from Tag t join t.parents p where p.id = :id",
                "select c from Parent p join p.children c where p.id = :id",
                "select p.address from Parent p where p.id = :id",
                "select p.address.street from Parent p where p.id = :id",
                "select max(p.text) from Parent p where p.id = :id",
                "select upper(p.text) from Parent p where p.id = :id",
                "select p.text from Parent p where p.id in (select c.parent.id from Child c) and p.id = :id",
                "select (select p.text from Parent p where p.id = :id)",
                "select p.text from Parent p where exists (from Child c where c.parent = p) and p.id = :id",
                "select p.text from Parent p where p.id = :id union select t.text from Tag t",
                "with x as (select p.text as t from Parent p where p.id = :id) select y.t from x y",
                "select x.t from (select p.text as t from Parent p where p.id = :id) x",
                "select p.boss.text from Parent p where p.boss.id = :id",
                "select b from Parent p join p.boss b where b.id = :id",
                "select p from Parent p join Child c on c.parent = p where p.id = :id",
                "select p.text from Parent p cross join Tag t where p.id = :id",
                "select new list(p.text, p.amount) from Parent p where p.id = :id",
                "select p.text from Parent p group by p.text, p.id having p.id = :id",
                "select first_value(p.text) over (order by p.amount) from Parent p where p.id = :id",
                "from Parent p where p.id = :id or 1 = 1",
                "from Parent p where not (p.id <> :id)",
                "select element(p.notes) from Parent p where p.id = :id",
                "from Parent p where 'SECRET' member of p.notes and p.id = :id",
                "from Parent p where size(p.children) > 0 and p.id = :id",
                "from Parent p where p.children is not empty and p.id = :id")) {
            paths.addQuery(Parent.class, query);
            // A condition on the id may hide what the rest of the query lets through.
            if (query.contains(" where p.id = :id") && !query.startsWith("select (") && !query.endsWith(" or 1 = 1")) {
                paths.addQuery(Parent.class, query.replace(" where p.id = :id", ""));
            }
        }
    }

    private static void relationQueries(Paths paths) {
        for (String query : List.of(
                "from Shelf s join fetch s.books where s.id = :id",
                "from Shelf s left join fetch s.posters where s.id = :id",
                "from Shelf s join fetch s.labels where s.id = :id",
                "from Shelf s join fetch s.ordered where s.id = :id",
                "from Shelf s join fetch s.sorted where s.id = :id",
                "from Shelf s join fetch s.remarks where s.id = :id",
                "from Shelf s join fetch s.origins where s.id = :id",
                "from Shelf s join fetch s.seal where s.id = :id",
                "select b from Shelf s join s.books b where s.id = :id",
                "select b.text from Shelf s left join s.books b where s.id = :id",
                "select index(b), b.text from Shelf s join s.books b where s.id = :id",
                "select p.text from Shelf s join s.posters p where s.id = :id",
                "select key(l), l.text from Shelf s join s.labels l where s.id = :id",
                "select entry(l) from Shelf s join s.labels l where s.id = :id",
                "select key(r), value(r) from Shelf s join s.remarks r where s.id = :id",
                "select o from Shelf s join s.origins o where s.id = :id",
                "select o.street from Shelf s join s.origins o where s.id = :id",
                "select o.label.text from Shelf s join s.origins o where s.id = :id",
                "select key(k).text from Shelf s join s.stock k where s.id = :id",
                "select key(p).text, value(p).text from Shelf s join s.pairings p where s.id = :id",
                "select value(k) from Shelf s join s.stock k where s.id = :id",
                "select s.origin from Shelf s where s.id = :id",
                "select s.origin.label.text from Shelf s where s.id = :id",
                "select s.seal.text from Shelf s where s.id = :id",
                "select e.shelf.text from Seal e where e.shelf.id = :id",
                "select l.shelf from Label l where l.shelf.id = :id",
                "select s.loud from Shelf s where s.id = :id",
                "from Shelf s where s.loud = 'SECRET' and s.id = :id",
                "select s.books[0].text from Shelf s where s.id = :id",
                "select s.remarks['SECRET'] from Shelf s where s.id = :id",
                "select max(index(s.books)), max(s.text) from Shelf s where s.id = :id group by s.id",
                "select max(element(s.remarks)) from Shelf s where s.id = :id",
                "from Shelf s where s.text = any (select b.text from Book b) and s.id = :id",
                "from Shelf s where s.text = all (select b.text from Book b) and s.id = :id",
                "from Shelf s where exists elements(s.books) and s.id = :id",
                "from Book b where b in (select value(x) from Shelf s join s.books x where s.id = :id)",
                "select s.text from Shelf s where s.id = :id union all select b.text from Book b",
                "select s.text from Shelf s where s.id = :id intersect select b.text from Book b",
                "select s.text from Shelf s where s.id = :id except select b.text from Book b where b.text = 'none'",
                "with x as (select s.id as i, s.text as t from Shelf s) select y.t from x y where y.i = :id",
                "with x as materialized (select b.text as t from Book b) select y.t, s.text from x y, Shelf s where s.id = :id",
                "select x.t from Shelf s join lateral (select b.text as t from s.books b) x where s.id = :id",
                "select s.text from Shelf s, Book b where s.id = :id",
                "select distinct s.text from Shelf s where s.id = :id order by s.text limit 1",
                "select s.text from Shelf s where s.id = :id order by s.text fetch first 1 rows with ties",
                "select listagg(s.text, ',') within group (order by s.text) from Shelf s where s.id = :id",
                "select coalesce(s.text, 'none') from Shelf s where s.id = :id",
                "select nullif(s.text, 'none') from Shelf s where s.id = :id",
                "select cast(s.text as String) from Shelf s where s.id = :id",
                "select concat(s.text, '!') from Shelf s where s.id = :id",
                "select s.text || '!' from Shelf s where s.id = :id",
                "select substring(s.text, 1, 6) from Shelf s where s.id = :id",
                "select function('lower', s.text) from Shelf s where s.id = :id",
                "select sql('upper(?)', s.text) from Shelf s where s.id = :id",
                "select case when s.number > 0 then s.text else 'none' end from Shelf s where s.id = :id",
                "select sum(s.number), max(s.text) from Shelf s where s.id = :id group by s.room",
                "select s.text, row_number() over (partition by s.room order by s.text) from Shelf s where s.id = :id",
                "select s.text, (select count(*) from Book b) from Shelf s where s.id = :id",
                "select new map(s.text as t) from Shelf s where s.id = :id",
                "select new dev.tenancy.Relations$ShelfText(s.text) from Shelf s where s.id = :id",
                "select id(s), version(s), s.text from Shelf s where s.id = :id",
                "select naturalid(p), p.text from Parent p",
                "select type(a), a.text from Animal a",
                "select treat(a as Dog).bark from Animal a",
                "from Animal a where treat(a as Dog).bark = 'SECRET'",
                "select treat(s as Circle).radius, s.text from Shape s",
                "select treat(p as CardPayment).card from Payment p",
                "from Animal a where type(a) = Dog",
                "select d.bark from Dog d",
                "select p.card from CardPayment p",
                "select s.more from Split s",
                "from Split where more = 'SECRET'",
                "select a.text from Archived a where a.text like 'S%'",
                "select e.id.book.text from Entry e",
                "select e.text from Entry e where e.id.line = 7",
                "select b.book.text from Badge b",
                "from Badge b join fetch b.book",
                "select l.reply.text from Letter l",
                "select l, r from Letter l join l.reply r",
                "select l.text from Letter l where l.reply is null")) {
            paths.addQuery(Shelf.class, query);
            // A condition on the id may hide what the rest of the query lets through.
            if (query.contains(" where s.id = :id")) {
                paths.addQuery(Shelf.class, query.replace(" where s.id = :id", ""));
            }
        }
    }

    private static void finding(Paths paths) {
        for (LockMode lock : List.of(
                LockMode.NONE,
                LockMode.READ,
                LockMode.OPTIMISTIC,
                LockMode.PESSIMISTIC_READ,
                LockMode.PESSIMISTIC_WRITE,
                LockMode.UPGRADE_NOWAIT,
                LockMode.UPGRADE_SKIPLOCKED)) {
            paths.add("find with lock " + lock, (session, ids) -> session.find(Book.class, ids.id(Book.class), lock));
            paths.add(
                    "query with lock " + lock,
                    (session, ids) -> session.createSelectionQuery("from Book where id = :id", Book.class)
                            .setParameter("id", ids.id(Book.class))
                            .setHibernateLockMode(lock)
                            .getResultList());
        }
        paths.add("lock of a reference", (session, ids) -> {
            Book book = session.getReference(Book.class, ids.id(Book.class));
            session.lock(book, LockMode.PESSIMISTIC_WRITE);
            return book.toString();
        });
        paths.add(
                "find with an extended lock",
                (session, ids) -> session.find(
                        Poster.class,
                        ids.id(Poster.class),
                        LockModeType.PESSIMISTIC_WRITE,
                        PessimisticLockScope.EXTENDED));
        paths.add(
                "find with a timeout",
                (session, ids) -> session.find(Book.class, ids.id(Book.class), Timeout.milliseconds(500)));
        paths.add(
                "find read-only",
                (session, ids) -> session.find(Book.class, ids.id(Book.class), ReadOnlyMode.READ_ONLY));
        paths.add(
                "find past the cache",
                (session, ids) -> session.find(Book.class, ids.id(Book.class), CacheRetrieveMode.BYPASS));
        paths.add("find by entity name", (session, ids) -> session.find(Book.class.getName(), ids.id(Book.class)));
        paths.add("get", (session, ids) -> session.get(Book.class, ids.id(Book.class)));
        paths.add("get by entity name", (session, ids) -> session.get(Book.class.getName(), ids.id(Book.class)));
        paths.add(
                "get with a lock",
                (session, ids) -> session.get(Book.class, ids.id(Book.class), LockMode.PESSIMISTIC_WRITE));
        paths.add("byId load", (session, ids) -> session.byId(Book.class).load(ids.id(Book.class)));
        paths.add(
                "byId loadOptional", (session, ids) -> session.byId(Book.class).loadOptional(ids.id(Book.class)));
        paths.add(
                "byId getReference",
                (session, ids) -> session.byId(Book.class)
                        .getReference(ids.id(Book.class))
                        .toString());
        paths.add(
                "byMultipleIds",
                (session, ids) -> session.byMultipleIds(Book.class).multiLoad(List.of(ids.id(Book.class))));
        paths.add(
                "byMultipleIds in batches",
                (session, ids) -> session.byMultipleIds(Book.class)
                        .withBatchSize(1)
                        .enableOrderedReturn(false)
                        .multiLoad(ids.id(Book.class), new UUID(9, 9)));
        paths.add(
                "findMultiple unordered",
                (session, ids) -> session.findMultiple(
                        Book.class, List.of(ids.id(Book.class), new UUID(9, 9)), OrderingMode.UNORDERED));
        paths.add(
                "findMultiple in batches",
                (session, ids) -> session.findMultiple(
                        Book.class, List.of(new UUID(9, 9), ids.id(Book.class)), new BatchSize(1)));
        paths.add(
                "findMultiple with a look at the session",
                (session, ids) -> session.findMultiple(
                        Book.class, List.of(ids.id(Book.class)), SessionCheckMode.ENABLED, RemovalsMode.INCLUDE));
        paths.add(
                "findMultiple with a lock",
                (session, ids) ->
                        session.findMultiple(Book.class, List.of(ids.id(Book.class)), LockMode.PESSIMISTIC_WRITE));
        paths.add(
                "findMultiple with a graph",
                (session, ids) ->
                        session.findMultiple(session.createEntityGraph(Book.class), List.of(ids.id(Book.class))));
        paths.add(
                "getReference by entity name",
                (session, ids) -> session.getReference(Book.class.getName(), ids.id(Book.class))
                        .toString());
        paths.add(
                "getReference of a forged instance",
                (session, ids) ->
                        session.getReference(Paths.forged(Book.class, ids)).toString());
        paths.add("initialized reference", (session, ids) -> {
            Book book = session.getReference(Book.class, ids.id(Book.class));
            Hibernate.initialize(book);
            return book.text;
        });
        paths.add("unproxied reference", (session, ids) -> unproxied(session, Book.class, ids));
        paths.add("load into an instance", (session, ids) -> {
            Book book = new Book();
            session.load(book, ids.id(Book.class));
            return book;
        });
        paths.add("refresh of a reference", (session, ids) -> {
            Parent known = session.getReference(Parent.class, ids.id(Parent.class));
            session.refresh(known);
            return known.toString();
        });
        paths.add("refresh with a lock", (session, ids) -> {
            Book known = session.getReference(Book.class, ids.id(Book.class));
            session.refresh(known, LockModeType.PESSIMISTIC_WRITE);
            return known.toString();
        });
        paths.add("merge of an unchanged forged instance", (session, ids) -> {
            Book merged = session.merge(session.getReference(Book.class, ids.id(Book.class)));
            return merged.toString();
        });
        paths.add("entity graph", (session, ids) -> {
            var graph = session.createEntityGraph(Parent.class);
            graph.addAttributeNodes("children", "tags");
            return session.find(graph, ids.id(Parent.class));
        });
        paths.add(
                "named entity graph to fetch",
                (session, ids) -> session.find(
                        Shelf.class,
                        ids.id(Shelf.class),
                        Map.of("jakarta.persistence.fetchgraph", session.getEntityGraph("Shelf.books"))));
        paths.add(
                "named entity graph to load",
                (session, ids) -> session.find(
                        Shelf.class,
                        ids.id(Shelf.class),
                        Map.of("jakarta.persistence.loadgraph", session.getEntityGraph("Shelf.books"))));
        paths.add(
                "entity graph on a query",
                (session, ids) -> session.createQuery("from Parent where id = :id", Parent.class)
                        .setParameter("id", ids.id(Parent.class))
                        .setEntityGraph(session.createEntityGraph(Parent.class), GraphSemantic.FETCH)
                        .getResultList());
        paths.add("entity graph with a subgraph", (session, ids) -> {
            var graph = session.createEntityGraph(Child.class);
            graph.addSubgraph("parent").addAttributeNodes("tags", "notes");
            Child child = session.find(graph, ids.id(Child.class));
            return child == null ? null : TwoTenants.text(child.parent);
        });
        paths.add("find of an embedded id", (session, ids) -> {
            EntryId id = new EntryId();
            id.book = session.getReference(Book.class, ids.id(Book.class));
            id.line = 7;
            return session.find(Entry.class, id);
        });
        paths.add("find of an embedded id with a forged reference", (session, ids) -> {
            EntryId id = new EntryId();
            id.book = Paths.forged(Book.class, ids);
            id.line = 7;
            return session.find(Entry.class, id);
        });
    }

    private static void naturalIds(Paths paths) {
        paths.add(
                "find by natural id",
                (session, ids) -> session.bySimpleNaturalId(Parent.class).load(ids.code()));
        paths.add(
                "reference by natural id",
                (session, ids) -> Optional.ofNullable(
                                session.bySimpleNaturalId(Parent.class).getReference(ids.code()))
                        .map(Object::toString)
                        .orElse(null));
        paths.add(
                "natural ids",
                (session, ids) -> session.byMultipleNaturalId(Parent.class).multiLoad(ids.code()));
        paths.add(
                "loadOptional by natural id",
                (session, ids) -> session.bySimpleNaturalId(Parent.class).loadOptional(ids.code()));
        paths.add(
                "natural id with a lock",
                (session, ids) -> session.bySimpleNaturalId(Parent.class)
                        .with(org.hibernate.LockOptions.UPGRADE)
                        .load(ids.code()));
        paths.add(
                "mutable natural id",
                (session, ids) -> session.bySimpleNaturalId(Letter.class).load("address-" + ids.code()));
        paths.add(
                "compound natural id",
                (session, ids) -> session.byNaturalId(Shelf.class)
                        .using("room", ids.code())
                        .using("number", 7)
                        .load());
        paths.add(
                "compound natural id, optional",
                (session, ids) -> session.byNaturalId(Shelf.class)
                        .using("room", ids.code())
                        .using("number", 7)
                        .loadOptional());
        paths.add(
                "reference by compound natural id",
                (session, ids) -> Optional.ofNullable(session.byNaturalId(Shelf.class)
                                .using("room", ids.code())
                                .using("number", 7)
                                .getReference())
                        .map(Object::toString)
                        .orElse(null));
        if (RunningHibernate.FINDS_BY_NATURAL_ID) {
            paths.add(
                    "find with the natural id as key",
                    (session, ids) -> session.find(Parent.class, ids.code(), KeyType.NATURAL));
            paths.add(
                    "findMultiple with the natural id as key",
                    (session, ids) -> session.findMultiple(Parent.class, List.of(ids.code()), KeyType.NATURAL));
            paths.add(
                    "find with the compound natural id as key",
                    (session, ids) ->
                            session.find(Shelf.class, Map.of("room", ids.code(), "number", 7), KeyType.NATURAL));
            paths.add(
                    "compound natural ids",
                    (session, ids) -> session.byMultipleNaturalId(Shelf.class)
                            .multiLoad(List.of(Map.of("room", ids.code(), "number", 7))));
        }
    }

    /** What tells no more than that a row is there. */
    private static void existence(Paths paths) {
        paths.add(
                "contains an assigned id",
                (session, ids) -> session.contains(Paths.forged(Stamp.class, ids)) + "/"
                        + (session.find(Stamp.class, ids.id(Stamp.class)) != null));
        for (String query : List.of(
                "select count(*) from Shelf where id = :id",
                "select count(s) > 0 from Shelf s where s.id = :id",
                "select 1 from Shelf where id = :id",
                "select id from Shelf where id = :id",
                "select s.id from Shelf s join s.books b where s.id = :id",
                "select l.id from Label l where l.shelf.id = :id",
                "select l.shelf.id from Label l where l.shelf.id = :id",
                "select size(s.books) from Shelf s where s.id = :id",
                "select size(s.posters) from Shelf s where s.id = :id",
                "select size(s.remarks) from Shelf s where s.id = :id",
                "select count(*) from Shelf s join s.stock k where s.id = :id",
                "select version from Shelf where id = :id",
                "select tenantId from Shelf where id = :id")) {
            paths.addQuery(Shelf.class, query);
        }
        paths.add(
                "result count",
                (session, ids) -> session.createSelectionQuery("from Shelf where id = :id", Shelf.class)
                        .setParameter("id", ids.id(Shelf.class))
                        .getResultCount());
        paths.add(
                "single result or null",
                (session, ids) -> session.createSelectionQuery("from Shelf where id = :id", Shelf.class)
                                .setParameter("id", ids.id(Shelf.class))
                                .getSingleResultOrNull()
                        != null);
        paths.add(
                "order of what is there",
                (session, ids) -> session.createSelectionQuery(
                                "select b.text from Book b order by (select max(s.text) from Shelf s where s.id = :id)",
                                String.class)
                        .setParameter("id", ids.id(Shelf.class))
                        .getResultList());
        paths.add(
                "result of a bulk update of nothing",
                (session, ids) -> session.createMutationQuery("update Shelf set text = text where id = :id")
                        .setParameter("id", ids.id(Shelf.class))
                        .executeUpdate());
    }

    private static void stateless(Paths paths) {
        for (LockMode lock : List.of(LockMode.READ, LockMode.PESSIMISTIC_READ, LockMode.PESSIMISTIC_WRITE)) {
            paths.addStateless(
                    "get with lock " + lock, (session, ids) -> session.get(Book.class, ids.id(Book.class), lock));
        }
        paths.addStateless(
                "get by entity name", (session, ids) -> session.get(Book.class.getName(), ids.id(Book.class)));
        paths.addStateless("get with a graph", (session, ids) -> {
            var graph = session.createEntityGraph(Parent.class);
            graph.addAttributeNodes("children");
            return session.get(graph, ids.id(Parent.class));
        });
        paths.addStateless(
                "get with a graph to load",
                (session, ids) ->
                        session.get(session.createEntityGraph(Parent.class), GraphSemantic.LOAD, ids.id(Parent.class)));
        paths.addStateless(
                "getMultiple", (session, ids) -> session.getMultiple(Book.class, List.of(ids.id(Book.class))));
        paths.addStateless(
                "getMultiple with a lock",
                (session, ids) ->
                        session.getMultiple(Book.class, List.of(ids.id(Book.class)), LockMode.PESSIMISTIC_WRITE));
        paths.addStateless(
                "getMultiple with a graph",
                (session, ids) ->
                        session.getMultiple(session.createEntityGraph(Book.class), List.of(ids.id(Book.class))));
        paths.addStateless("refresh of a forged instance", (session, ids) -> {
            Book book = Paths.forged(Book.class, ids);
            session.refresh(book);
            return book;
        });
        paths.addStateless("refresh with a lock", (session, ids) -> {
            Book book = Paths.forged(Book.class, ids);
            session.refresh(book, LockMode.PESSIMISTIC_WRITE);
            return book;
        });
        paths.addStateless("fetch of a collection", (session, ids) -> {
            Shelf shelf = session.get(Shelf.class, ids.id(Shelf.class));
            if (shelf == null) {
                return null;
            }
            session.fetch(shelf.books);
            session.fetch(shelf.remarks);
            return List.of(shelf.books, shelf.remarks);
        });
        paths.addStateless("fetch of a reference", (session, ids) -> {
            Label label = session.get(Label.class, ids.id(Label.class));
            if (label == null) {
                return null;
            }
            session.fetch(label.shelf);
            return label.shelf.toString();
        });
        paths.addStateless(
                "native SQL into the entity",
                (session, ids) -> session.createNativeQuery("select * from book where id = :id", Book.class)
                        .setParameter("id", ids.id(Book.class))
                        .getResultList());
        paths.addStateless(
                "scroll",
                (session, ids) -> scrolled(
                        session.createSelectionQuery("from Book", Book.class).scroll()));
    }

    private static void namedNativeAndProcedures(Paths paths) {
        for (String name : List.of("Shelf.byId", "Shelf.textById", "Shelf.nativeById", "Shelf.nativeText")) {
            paths.add(
                    "named query " + name,
                    (session, ids) -> session.createNamedQuery(name)
                            .setParameter("id", ids.id(Shelf.class))
                            .getResultList());
        }
        paths.add(
                "native SQL into the entity",
                (session, ids) -> session.createNativeQuery("select * from parent where id = :id", Parent.class)
                        .setParameter("id", ids.id(Parent.class))
                        .getResultList());
        paths.add(
                "native SQL with addEntity",
                (session, ids) -> session.createNativeQuery("select {b.*} from book b where b.id = :id")
                        .addEntity("b", Book.class)
                        .setParameter("id", ids.id(Book.class))
                        .getResultList());
        paths.add(
                "native SQL with addJoin",
                (session, ids) -> session.createNativeQuery(
                                "select {c.*}, {p.*} from child c join parent p on p.id = c.parent_id where c.id = :id")
                        .addEntity("c", Child.class)
                        .addJoin("p", "c", "parent")
                        .setParameter("id", ids.id(Child.class))
                        .getResultList());
        paths.add(
                "native SQL to a scalar",
                (session, ids) -> session.createNativeQuery("select text from book where id = :id", String.class)
                        .setParameter("id", ids.id(Book.class))
                        .getResultList());
        paths.add(
                "native SQL to columns",
                (session, ids) -> session.createNativeQuery(
                                "select text, version from book where id = :id", Object[].class)
                        .setParameter("id", ids.id(Book.class))
                        .getResultList());
        paths.add(
                "native SQL to a record",
                (session, ids) -> session.createNativeQuery("select text from book where id = :id", ShelfText.class)
                        .setParameter("id", ids.id(Book.class))
                        .getResultList());
        paths.add(
                "native SQL to a tuple",
                (session, ids) -> session.createNativeQuery("select text from book where id = :id", Tuple.class)
                        .setParameter("id", ids.id(Book.class))
                        .getResultList());
        paths.add(
                "native SQL on a join table",
                (session, ids) -> session.createNativeQuery(
                                "select remarks from shelf_remark where shelf_id = :id", String.class)
                        .setParameter("id", ids.id(Shelf.class))
                        .getResultList());
        paths.add(
                "JDBC statement",
                (session, ids) -> session.doReturningWork(connection -> {
                    try (ResultSet rows = connection
                            .createStatement()
                            .executeQuery("select text from book where id = '" + ids.id(Book.class) + "'")) {
                        return rows.next() ? rows.getString(1) : null;
                    }
                }));
        paths.add(
                "JDBC prepared statement",
                (session, ids) -> session.doReturningWork(connection -> {
                    try (PreparedStatement select = connection.prepareStatement("select text from book where id = ?")) {
                        select.setObject(1, ids.id(Book.class));
                        ResultSet rows = select.executeQuery();
                        return rows.next() ? rows.getString(1) : null;
                    }
                }));
        paths.add(
                "function of the database in JPQL",
                (session, ids) -> session.createSelectionQuery("select function('shelf_text', :id)", String.class)
                        .setParameter("id", (UUID) ids.id(Shelf.class), UUID.class)
                        .getResultList());
        paths.add(
                "function of the database in native SQL",
                (session, ids) -> session.createNativeQuery("select shelf_text(:id)", String.class)
                        .setParameter("id", ids.id(Shelf.class))
                        .getResultList());
        paths.add(
                "SQL inside JPQL",
                (session, ids) -> session.createSelectionQuery(
                                "select sql('(select text from book where id = ?)', :id)", String.class)
                        .setParameter("id", (UUID) ids.id(Book.class), UUID.class)
                        .getResultList());
        paths.add("stored procedure", (session, ids) -> {
            var call = session.createStoredProcedureCall("shelf_text").markAsFunctionCall(String.class);
            call.registerParameter(1, UUID.class, ParameterMode.IN);
            call.setParameter(1, ids.id(Shelf.class));
            return call.getResultList();
        });
    }

    private static void results(Paths paths) {
        for (ScrollMode mode :
                List.of(ScrollMode.FORWARD_ONLY, ScrollMode.SCROLL_INSENSITIVE, ScrollMode.SCROLL_SENSITIVE)) {
            paths.add(
                    "scroll " + mode,
                    (session, ids) -> scrolled(
                            session.createQuery("from Parent", Parent.class).scroll(mode)));
        }
        paths.add(
                "scroll over a fetched collection",
                (session, ids) -> scrolled(session.createQuery("from Shelf s join fetch s.books", Shelf.class)
                        .scroll(ScrollMode.SCROLL_INSENSITIVE)));
        paths.add(
                "stream",
                (session, ids) -> session.createQuery("from Parent", Parent.class)
                        .getResultStream()
                        .toList());
        paths.add(
                "page by offset",
                (session, ids) -> session.createQuery("from Parent order by id", Parent.class)
                        .setMaxResults(5)
                        .getResultList());
        paths.add(
                "second page",
                (session, ids) -> session.createSelectionQuery("from Parent order by id", Parent.class)
                        .setPage(Page.page(1, 1))
                        .getResultList());
        paths.add(
                "page by key",
                (session, ids) -> session.createSelectionQuery("from Parent", Parent.class)
                        .getKeyedResultList(Page.first(5).keyedBy(Order.asc(Parent.class, "id")))
                        .getResultList());
        paths.add("next page by key", (session, ids) -> {
            var query = session.createSelectionQuery("from Parent", Parent.class);
            var first = query.getKeyedResultList(Page.first(1).keyedBy(Order.asc(Parent.class, "id")));
            return query.getKeyedResultList(first.getNextPage()).getResultList();
        });
        paths.add(
                "tuple",
                (session, ids) -> session.createSelectionQuery(
                                "select p.text as t, p.amount as a from Parent p", Tuple.class)
                        .getResultList());
        paths.add(
                "map",
                (session, ids) -> session.createSelectionQuery("select p.text as t from Parent p", Map.class)
                        .getResultList());
        paths.add(
                "transformed tuple",
                (session, ids) -> session.createQuery("select p.text from Parent p", String.class)
                        .setTupleTransformer((columns, aliases) -> columns[0])
                        .getResultList());
        paths.add(
                "read-only query",
                (session, ids) -> session.createQuery("from Parent", Parent.class)
                        .setReadOnly(true)
                        .getResultList());
        paths.add(
                "query by example of a foreign instance",
                (session, ids) -> session.createQuery("from Label where shelf = :shelf", Label.class)
                        .setParameter("shelf", session.getReference(Shelf.class, ids.id(Shelf.class)))
                        .getResultList());
        paths.add(
                "query by a forged instance",
                (session, ids) -> session.createQuery("from Label where shelf = :shelf", Label.class)
                        .setParameter("shelf", Paths.forged(Shelf.class, ids))
                        .getResultList());
        paths.add(
                "query by the owner's tenant id",
                (session, ids) -> session.createQuery("from Book where tenantId = :tenant or 1 = 1", Book.class)
                        .setParameter("tenant", AccessPathsTest.ACME)
                        .getResultList());
    }

    private static Object scrolled(ScrollableResults<?> rows) {
        try (rows) {
            return rows.next() ? rows.get() : null;
        }
    }

    private static void criteria(Paths paths) {
        paths.add("Criteria projection", (session, ids) -> {
            CriteriaBuilder criteria = session.getCriteriaBuilder();
            CriteriaQuery<String> query = criteria.createQuery(String.class);
            Root<Parent> row = query.from(Parent.class);
            query.select(row.get("text")).where(criteria.equal(row.get("id"), ids.id(Parent.class)));
            return session.createQuery(query).getResultList();
        });
        paths.add("Criteria tuple", (session, ids) -> {
            CriteriaQuery<Tuple> query = session.getCriteriaBuilder().createTupleQuery();
            Root<Parent> row = query.from(Parent.class);
            query.multiselect(row.get("text"), row.get("amount"));
            return session.createQuery(query).getResultList();
        });
        for (JoinType join : List.of(JoinType.INNER, JoinType.LEFT)) {
            paths.add("Criteria join " + join, (session, ids) -> {
                CriteriaQuery<String> query = session.getCriteriaBuilder().createQuery(String.class);
                query.select(query.from(Shelf.class).join("books", join).get("text"));
                return session.createQuery(query).getResultList();
            });
            paths.add("Criteria fetch " + join, (session, ids) -> {
                CriteriaQuery<Parent> query = session.getCriteriaBuilder().createQuery(Parent.class);
                query.from(Parent.class).fetch("children", join);
                return session.createQuery(query).getResultList();
            });
        }
        paths.add("Criteria sub-query", (session, ids) -> {
            CriteriaBuilder criteria = session.getCriteriaBuilder();
            CriteriaQuery<String> query = criteria.createQuery(String.class);
            Subquery<String> inner = query.subquery(String.class);
            Root<Book> book = inner.from(Book.class);
            inner.select(book.get("text")).where(criteria.equal(book.get("id"), ids.id(Book.class)));
            query.select(inner);
            return session.createQuery(query).getResultList();
        });
        paths.add("Criteria correlated sub-query", (session, ids) -> {
            CriteriaBuilder criteria = session.getCriteriaBuilder();
            CriteriaQuery<Parent> query = criteria.createQuery(Parent.class);
            Root<Parent> parent = query.from(Parent.class);
            Subquery<Child> inner = query.subquery(Child.class);
            inner.select(inner.correlate(parent).join("children"));
            query.where(criteria.exists(inner));
            return session.createQuery(query).getResultList();
        });
        paths.add("Criteria union", (session, ids) -> {
            var criteria = session.getCriteriaBuilder();
            var left = criteria.createQuery(String.class);
            left.select(left.from(Book.class).get("text"));
            var right = criteria.createQuery(String.class);
            right.select(right.from(Poster.class).get("text"));
            return session.createQuery(criteria.unionAll(left, right)).getResultList();
        });
        paths.add("Criteria count", (session, ids) -> {
            var query = session.getCriteriaBuilder().createQuery(Book.class);
            query.where(query.from(Book.class).get("id").equalTo(ids.id(Book.class)));
            return session.createQuery(query.createCountQuery()).getSingleResult();
        });
        paths.add("Criteria CTE", (session, ids) -> {
            var criteria = session.getCriteriaBuilder();
            var inner = criteria.createTupleQuery();
            inner.multiselect(List.of(inner.from(Book.class).get("text").alias("t")));
            var query = criteria.createQuery(String.class);
            query.select(query.from(query.with(inner)).get("t"));
            return session.createQuery(query).getResultList();
        });
        paths.add("Criteria derived table", (session, ids) -> {
            var criteria = session.getCriteriaBuilder();
            var query = criteria.createQuery(String.class);
            var inner = query.subquery(Tuple.class);
            inner.multiselect(inner.from(Book.class).get("text").alias("t"));
            query.select(query.from(inner).get("t"));
            return session.createQuery(query).getResultList();
        });
    }

    private static void collections(Paths paths) {
        paths.add("lazy collection", (session, ids) -> {
            Parent parent = session.find(Parent.class, ids.id(Parent.class));
            return parent == null ? null : List.copyOf(parent.children);
        });
        paths.add("lazy many-to-many", (session, ids) -> {
            Parent parent = session.find(Parent.class, ids.id(Parent.class));
            return parent == null ? null : List.copyOf(parent.tags);
        });
        paths.add(
                "collection of a reference",
                (session, ids) -> List.copyOf(unproxied(session, Parent.class, ids).children));
        paths.add("lazy reference", (session, ids) -> {
            Child child = session.find(Child.class, ids.id(Child.class));
            return child == null ? null : child.parent.toString();
        });
        Map<String, Function<Shelf, Object>> collections = Map.of(
                "list", shelf -> List.copyOf(shelf.books),
                "bag in a join table", shelf -> List.copyOf(shelf.posters),
                "map", shelf -> shelf.labels.toString(),
                "ordered list", shelf -> List.copyOf(shelf.ordered),
                "sorted set", shelf -> List.copyOf(shelf.sorted),
                "map of elements", shelf -> shelf.remarks.toString(),
                "list of embeddables", shelf -> List.copyOf(shelf.origins),
                "map with entities as keys", shelf -> shelf.stock.toString(),
                "map of entities to entities", shelf -> shelf.pairings.toString());
        collections.forEach((name, collection) -> {
            paths.add(name + " of a row found", (session, ids) -> {
                Shelf shelf = session.find(Shelf.class, ids.id(Shelf.class));
                return shelf == null ? null : collection.apply(shelf);
            });
            // Its session takes the instance for a row's and loads the collections for it.
            paths.add(name + " of a forged row locked in", (session, ids) -> {
                Shelf shelf = Paths.forged(Shelf.class, ids);
                shelf.books = null;
                shelf.posters = null;
                shelf.labels = null;
                shelf.ordered = null;
                shelf.sorted = null;
                shelf.remarks = null;
                shelf.origins = null;
                shelf.stock = null;
                shelf.pairings = null;
                shelf.lent = null;
                shelf.room = ids.code();
                shelf.number = 7;
                Shelf known = session.merge(shelf);
                session.refresh(known);
                return collection.apply(known);
            });
        });
        paths.add("one-to-one", (session, ids) -> {
            Shelf shelf = session.find(Shelf.class, ids.id(Shelf.class));
            return shelf == null ? null : shelf.seal.toString();
        });
        paths.add("one-to-one from the other side", (session, ids) -> {
            Seal seal = session.find(Seal.class, ids.id(Seal.class));
            return seal == null ? null : seal.shelf.toString();
        });
        paths.add("one-to-one by a shared id", (session, ids) -> {
            Badge badge = session.find(Badge.class, ids.id(Badge.class));
            return badge == null ? null : badge.book.toString();
        });
        paths.add(
                "reference by another column",
                (session, ids) -> session.createQuery("from Letter where reply is not null", Letter.class)
                        .getResultStream()
                        .map(letter -> letter.reply.toString())
                        .toList());
        paths.add("reference of an embeddable", (session, ids) -> {
            Shelf shelf = session.find(Shelf.class, ids.id(Shelf.class));
            return shelf == null ? null : shelf.origin.label.toString();
        });
        paths.add("formula", (session, ids) -> {
            Shelf shelf = session.find(Shelf.class, ids.id(Shelf.class));
            return shelf == null ? null : shelf.loud;
        });
        paths.add("soft-deleted row", (session, ids) -> {
            Archived archived = session.find(Archived.class, ids.id(Archived.class));
            return archived == null ? null : archived.text;
        });
    }

    /** Sessions beside the caller's own, made from it or from its factory. */
    private static void otherSessions(Paths paths) {
        paths.add("shared session", (session, ids) -> {
            try (Session child = session.sessionWithOptions().connection().open()) {
                return child.find(Book.class, ids.id(Book.class));
            }
        });
        paths.add("shared session of the owner's tenant", (session, ids) -> {
            try (Session child = session.sessionWithOptions()
                    .connection()
                    .tenantIdentifier((Object) AccessPathsTest.ACME)
                    .open()) {
                return child.find(Book.class, ids.id(Book.class));
            }
        });
        paths.add("shared stateless session", (session, ids) -> {
            try (StatelessSession child =
                    session.statelessWithOptions().connection().open()) {
                return child.get(Book.class, ids.id(Book.class));
            }
        });
        paths.add("shared stateless session of the owner's tenant", (session, ids) -> {
            try (StatelessSession child = session.statelessWithOptions()
                    .tenantIdentifier(AccessPathsTest.ACME)
                    .open()) {
                return child.get(Book.class, ids.id(Book.class));
            }
        });
        paths.add("session of the owner's tenant", (session, ids) -> {
            try (Session own = session.getSessionFactory()
                    .withOptions()
                    .tenantIdentifier((Object) AccessPathsTest.ACME)
                    .openSession()) {
                return own.find(Book.class, ids.id(Book.class));
            }
        });
        paths.add("query in a session of the owner's tenant", (session, ids) -> {
            try (Session own = session.getSessionFactory()
                    .withOptions()
                    .tenantIdentifier((Object) AccessPathsTest.ACME)
                    .openSession()) {
                return own.createQuery("select text from Book", String.class).getResultList();
            }
        });
        paths.add("stateless session of the owner's tenant", (session, ids) -> {
            try (StatelessSession own = session.getSessionFactory()
                    .withStatelessOptions()
                    .tenantIdentifier((Object) AccessPathsTest.ACME)
                    .openStatelessSession()) {
                return own.createQuery("from Book", Book.class).getResultList();
            }
        });
        paths.add("session without the guard of statements", (session, ids) -> {
            try (Session bare = session.getSessionFactory()
                    .withOptions()
                    .statementInspector(UnaryOperator.identity())
                    .openSession()) {
                return bare.createQuery("from Book", Book.class).getResultList();
            }
        });
        paths.add("native SQL without the guard of statements", (session, ids) -> {
            try (Session bare = session.getSessionFactory()
                    .withOptions()
                    .statementInspector(UnaryOperator.identity())
                    .openSession()) {
                return bare.createNativeQuery("select text from book where id = :id", String.class)
                        .setParameter("id", ids.id(Book.class))
                        .getResultList();
            }
        });
        paths.add("filter disabled", (session, ids) -> {
            session.disableFilter("_tenantId");
            return session.createQuery("from Book", Book.class).getResultList();
        });
        paths.add("second transaction of the session", (session, ids) -> {
            session.getTransaction().commit();
            session.beginTransaction();
            return session.find(Book.class, ids.id(Book.class));
        });
        paths.add("cleared session", (session, ids) -> {
            session.clear();
            return session.find(Book.class, ids.id(Book.class));
        });
    }
}
