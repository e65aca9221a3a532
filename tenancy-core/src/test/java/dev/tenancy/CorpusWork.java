package dev.tenancy;

import dev.tenancy.CorpusBench.Entry;
import dev.tenancy.CorpusModel.Archived;
import dev.tenancy.CorpusModel.Car;
import dev.tenancy.CorpusModel.Circle;
import dev.tenancy.CorpusModel.Color;
import dev.tenancy.CorpusModel.Currency;
import dev.tenancy.CorpusModel.Details;
import dev.tenancy.CorpusModel.Doc;
import dev.tenancy.CorpusModel.Identified;
import dev.tenancy.CorpusModel.Item;
import dev.tenancy.CorpusModel.Line;
import dev.tenancy.CorpusModel.LineId;
import dev.tenancy.CorpusModel.Note;
import dev.tenancy.CorpusModel.Payment;
import dev.tenancy.CorpusModel.Place;
import dev.tenancy.CorpusModel.Profile;
import dev.tenancy.CorpusModel.Randomized;
import dev.tenancy.CorpusModel.Row;
import dev.tenancy.CorpusModel.Seal;
import dev.tenancy.CorpusModel.Sequenced;
import dev.tenancy.CorpusModel.Stamp;
import dev.tenancy.CorpusModel.Tabled;
import dev.tenancy.CorpusModel.Tag;
import dev.tenancy.CorpusModel.Team;
import dev.tenancy.CorpusModel.Truck;
import dev.tenancy.CorpusModel.Vehicle;
import jakarta.persistence.PessimisticLockScope;
import jakarta.persistence.Timeout;
import jakarta.persistence.Tuple;
import jakarta.persistence.criteria.JoinType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.hibernate.Hibernate;
import org.hibernate.KeyType;
import org.hibernate.LockMode;
import org.hibernate.Locking;
import org.hibernate.ScrollMode;
import org.hibernate.ScrollableResults;
import org.hibernate.Session;
import org.hibernate.StatelessSession;
import org.hibernate.Timeouts;
import org.hibernate.audit.AuditLog;
import org.hibernate.graph.GraphSemantic;
import org.hibernate.query.KeyedPage;
import org.hibernate.query.Order;
import org.hibernate.query.Page;
import org.hibernate.query.SelectionQuery;
import org.hibernate.query.criteria.HibernateCriteriaBuilder;
import org.hibernate.query.criteria.JpaCriteriaInsertSelect;
import org.hibernate.query.criteria.JpaCriteriaInsertValues;
import org.hibernate.query.criteria.JpaCriteriaQuery;
import org.hibernate.query.criteria.JpaRoot;
import org.hibernate.query.criteria.JpaSubQuery;
import org.hibernate.query.range.Range;
import org.hibernate.query.restriction.Restriction;
import org.hibernate.query.specification.MutationSpecification;
import org.hibernate.query.specification.SelectionSpecification;

/** What is done with sessions and criteria. */
@SuppressWarnings({"deprecation", "removal"}) // Old ways are honest, too.
final class CorpusWork {

    @FunctionalInterface
    private interface Stateful {
        Object go(Session session) throws Exception;
    }

    @FunctionalInterface
    private interface Stateless {
        Object go(StatelessSession session) throws Exception;
    }

    private static final Set<LockMode> LOCKS = EnumSet.of(
            LockMode.OPTIMISTIC_FORCE_INCREMENT,
            LockMode.UPGRADE_NOWAIT,
            LockMode.PESSIMISTIC_READ,
            LockMode.PESSIMISTIC_WRITE,
            LockMode.PESSIMISTIC_FORCE_INCREMENT);

    private CorpusWork() {}

    private static Entry stateful(String name, Stateful work) {
        return new Entry(name, false, session -> work.go((Session) session));
    }

    private static Entry stateless(String name, Stateless work) {
        return new Entry("stateless " + name, true, session -> work.go((StatelessSession) session));
    }

    /** What can be done with any entity, given the id of a row of it. */
    static Stream<Entry> onEach(Map<? extends Class<? extends Row>, Long> ids) {
        return ids.entrySet().stream()
                .flatMap(entry -> Stream.concat(
                        stateful(entry.getKey(), entry.getValue()), stateless(entry.getKey(), entry.getValue())));
    }

    private static Stream<Entry> stateful(Class<? extends Row> type, Long id) {
        String name = type.getSimpleName();
        List<Entry> entries = new ArrayList<>(List.of(
                stateful("find " + name, session -> session.find(type, id)),
                stateful("find missing " + name, session -> session.find(type, 999L)),
                stateful("get a reference to " + name, session -> Hibernate.unproxy(session.getReference(type, id))),
                stateful("find several " + name, session -> session.findMultiple(type, List.of(id, 999L))),
                stateful("refresh " + name, session -> {
                    Row row = session.find(type, id);
                    session.refresh(row);
                    return row;
                }),
                stateful("refresh and lock " + name, session -> {
                    Row row = session.find(type, id);
                    session.refresh(row, LockMode.PESSIMISTIC_WRITE);
                    return row;
                }),
                stateful("change " + name, session -> changed(session.find(type, id))),
                stateful("merge detached " + name, session -> {
                    Row row = session.find(type, id);
                    Hibernate.initialize(row);
                    session.clear();
                    return session.merge(changed(row)).id();
                }),
                stateful(
                        "merge new " + name,
                        session -> session.merge(made(type, 90)).id()),
                stateful("persist " + name, session -> {
                    session.persist(made(type, 90));
                    session.persist(made(type, 91));
                    session.flush();
                    session.clear();
                    return session.find(type, 90L);
                }),
                stateful("remove " + name, session -> {
                    session.persist(made(type, 90));
                    session.flush();
                    session.clear();
                    session.remove(session.find(type, 90L));
                    return null;
                }),
                stateful("remove unchanged " + name, session -> {
                    Row row = made(type, 90);
                    session.persist(row);
                    session.flush();
                    session.remove(row);
                    return null;
                }),
                stateful(
                        "page through " + name,
                        session -> session.createSelectionQuery("from " + name + " order by id", type)
                                .setPage(Page.page(1, 0))
                                .getResultList()),
                stateful(
                        "count " + name,
                        session -> session.createSelectionQuery("from " + name, type)
                                .getResultCount()),
                stateful(
                        "lock with a query " + name,
                        session -> locking(
                                session, type, query -> query.setHibernateLockMode(LockMode.PESSIMISTIC_WRITE))),
                stateful(
                        "lock with a query what is free " + name,
                        session -> locking(
                                session, type, query -> query.setHibernateLockMode(LockMode.UPGRADE_SKIPLOCKED)))));
        for (LockMode mode : LockMode.values()) {
            if (LOCKS.contains(mode)) {
                entries.add(stateful("lock " + mode + " " + name, session -> {
                    Row row = session.find(type, id);
                    session.lock(row, mode);
                    return row;
                }));
            }
        }
        entries.add(stateful("find and lock " + name, session -> {
            List<Object> found = new ArrayList<>();
            for (LockMode mode : LockMode.values()) {
                if (mode != LockMode.WRITE) {
                    session.clear();
                    found.add(session.find(type, id, mode));
                }
            }
            return found;
        }));
        return entries.stream();
    }

    private static <E> List<E> locking(Session session, Class<E> type, Consumer<SelectionQuery<E>> how) {
        SelectionQuery<E> query = session.createSelectionQuery("from " + type.getSimpleName() + " order by id", type);
        how.accept(query);
        return query.getResultList();
    }

    private static Stream<Entry> stateless(Class<? extends Row> type, Long id) {
        String name = type.getSimpleName();
        return Stream.of(
                stateless("get " + name, session -> session.get(type, id)),
                stateless("get and lock " + name, session -> session.get(type, id, LockMode.PESSIMISTIC_WRITE)),
                stateless("get several " + name, session -> session.getMultiple(type, List.of(id, 999L))),
                stateless("refresh " + name, session -> {
                    Row row = session.get(type, id);
                    session.refresh(row);
                    return row;
                }),
                stateless("refresh and lock " + name, session -> {
                    Row row = session.get(type, id);
                    session.refresh(row, LockMode.PESSIMISTIC_READ);
                    return row;
                }),
                stateless("insert " + name, session -> session.insert(made(type, 90))),
                stateless("insert several " + name, session -> {
                    session.insertMultiple(List.of(made(type, 90), made(type, 91)));
                    return null;
                }),
                stateless("update " + name, session -> {
                    session.update(changed(session.get(type, id)));
                    return null;
                }),
                stateless("update several " + name, session -> {
                    session.updateMultiple(List.of(changed(session.get(type, id))));
                    return null;
                }),
                stateless("upsert an old " + name, session -> {
                    session.upsert(changed(session.get(type, id)));
                    return null;
                }),
                stateless("upsert a new " + name, session -> {
                    session.upsert(made(type, 90));
                    return null;
                }),
                stateless("upsert several " + name, session -> {
                    session.upsertMultiple(List.of(changed(session.get(type, id)), made(type, 90)));
                    return null;
                }),
                stateless("delete " + name, session -> {
                    session.insert(made(type, 90));
                    session.delete(session.get(type, 90L));
                    return null;
                }),
                stateless("delete several " + name, session -> {
                    session.insertMultiple(List.of(made(type, 90), made(type, 91)));
                    session.deleteMultiple(session.getMultiple(type, List.of(90L, 91L)));
                    return null;
                }),
                stateless(
                        "query " + name,
                        session -> session.createSelectionQuery("from " + name + " order by id", type)
                                .getResultList()));
    }

    private static <R extends Row> R changed(R row) {
        row.name("changed");
        return row;
    }

    private static <R extends Row> R made(Class<R> type, long id) {
        try {
            R row = type.getDeclaredConstructor().newInstance();
            row.id(id);
            row.name("made");
            return row;
        } catch (ReflectiveOperationException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** What is done with the collections of a team. */
    static Stream<Entry> collections() {
        List<Entry> entries = new ArrayList<>();
        Map<String, Function<Team, Object>> all = new LinkedHashMap<>();
        all.put("items", team -> team.items);
        all.put("listed", team -> team.listed);
        all.put("pinned", team -> team.pinned);
        all.put("tags", team -> team.tags);
        all.put("ranking", team -> team.ranking);
        all.put("watched", team -> team.watched);
        all.put("choices", team -> team.choices);
        all.put("money", team -> team.money);
        all.put("words", team -> team.words);
        all.put("steps", team -> team.steps);
        all.put("remarks", team -> team.remarks);
        all.put("marks", team -> team.marks);
        all.put("weights", team -> team.weights);
        all.put("places", team -> team.places);
        all.put("hints", team -> team.hints);
        all.put("papers", team -> team.papers);
        all.forEach((name, get) -> {
            entries.add(stateful("read " + name, session -> get.apply(session.find(Team.class, 1L))));
            entries.add(stateful("size of " + name, session -> {
                Object found = get.apply(session.find(Team.class, 1L));
                return found instanceof Collection<?> many ? Hibernate.size(many) : ((Map<?, ?>) found).size();
            }));
            entries.add(stateful(
                    "read " + name + " of several",
                    session ->
                            session.createSelectionQuery("from Team order by id", Team.class).getResultList().stream()
                                    .map(team -> CorpusBench.text(get.apply(team)))
                                    .toList()));
            entries.add(stateful("read " + name + " with sub-select", session -> {
                session.setSubselectFetchingEnabled(true);
                return session
                        .createSelectionQuery("from Team where name like 'B%' order by id", Team.class)
                        .getResultList()
                        .stream()
                        .map(team -> CorpusBench.text(get.apply(team)))
                        .toList();
            }));
            entries.add(stateful("clear " + name, session -> {
                Object found = get.apply(session.find(Team.class, 1L));
                if (found instanceof Collection<?> many) {
                    many.clear();
                } else {
                    ((Map<?, ?>) found).clear();
                }
                return null;
            }));
            entries.add(stateful("find with " + name, session -> {
                var graph = session.createEntityGraph(Team.class);
                graph.addAttributeNodes(name);
                Team team = session.find(graph, 1L);
                return Hibernate.isInitialized(get.apply(team)) + CorpusBench.text(get.apply(team));
            }));
            entries.add(stateless("fetch " + name, session -> {
                Team team = session.get(Team.class, 1L);
                session.fetch(get.apply(team));
                return get.apply(team);
            }));
        });
        entries.add(onTeam("add to sets", (session, team) -> {
            team.tags.add(session.getReference(Tag.class, 3L));
            team.watched.add(session.getReference(Tag.class, 1L));
            team.words.add("new");
            team.hints.add("new");
            team.money.add(session.getReference(Currency.class, "USD"));
        }));
        entries.add(onTeam("take from sets", (session, team) -> {
            team.tags.removeIf(tag -> tag.id == 1);
            team.watched.clear();
            team.words.remove("word");
            team.hints.clear();
        }));
        entries.add(onTeam("change lists", (session, team) -> {
            team.steps.add(1, "inserted");
            team.steps.remove(0);
            team.ranking.add(team.ranking.remove(0));
            team.pinned.add(session.getReference(Note.class, 1L));
            team.papers.set(0, "[]");
            team.papers.add("{}");
            team.places.remove(0);
            team.places.add(place(session));
            team.places.add(place(session));
        }));
        entries.add(onTeam("change one-to-many lists", (session, team) -> {
            Note note = made(Note.class, 90);
            team.listed.add(0, note);
            team.listed.remove(1);
            Item item = made(Item.class, 90);
            item.team = team;
            team.items.add(item);
        }));
        entries.add(onTeam("change maps", (session, team) -> {
            team.remarks.put("topic", "changed");
            team.remarks.put("more", "new");
            team.marks.put(Color.RED, 1);
            team.marks.remove(Color.GREEN);
            team.weights.put(session.getReference(Tag.class, 3L), 9);
            team.choices.put(session.getReference(Tag.class, 2L), session.getReference(Note.class, 4L));
            team.choices.remove(session.getReference(Tag.class, 1L));
        }));
        entries.add(onTeam("replace collections", (session, team) -> {
            team.words = new HashSet<>(List.of("x"));
            team.steps = new ArrayList<>(List.of("y"));
            team.hints = new HashSet<>(List.of("z"));
            team.tags = new HashSet<>();
        }));
        entries.add(onTeam("replace the other side", (session, team) -> {
            team.seal = made(Seal.class, 90);
            team.code = "another";
        }));
        entries.add(onTeam("look into", (session, team) -> {
            Hibernate.contains(team.tags, session.getReference(Tag.class, 1L));
            Hibernate.get(team.steps, 1);
            Hibernate.get(team.remarks, "topic");
        }));
        return entries.stream();
    }

    private static Place place(Session session) {
        Place place = new Place();
        place.street = "new";
        place.tag = session.getReference(Tag.class, 3L);
        return place;
    }

    private interface OnTeam {
        void go(Session session, Team team);
    }

    private static Entry onTeam(String name, OnTeam work) {
        return stateful(name, session -> {
            Team team = session.find(Team.class, 1L);
            work.go(session, team);
            session.flush();
            session.clear();
            return session.find(Team.class, 1L);
        });
    }

    /** What else a session can do. */
    static Stream<Entry> sessions() {
        return Stream.of(
                stateful("persist with generated ids", session -> {
                    for (int i = 0; i < 3; i++) {
                        for (CorpusModel.Made row :
                                List.of(new Sequenced(), new Identified(), new Tabled(), new Randomized())) {
                            row.name = "made";
                            session.persist(row);
                        }
                    }
                    return null;
                }),
                stateless("insert with generated ids", session -> {
                    for (CorpusModel.Made row :
                            List.of(new Sequenced(), new Identified(), new Tabled(), new Randomized())) {
                        row.name = "made";
                        session.insert(row);
                        session.update(row);
                        session.delete(row);
                    }
                    return null;
                }),
                stateful("persist in batches", session -> {
                    session.setJdbcBatchSize(3);
                    for (long id = 90; id < 98; id++) {
                        session.persist(made(Tag.class, id));
                        session.persist(made(Car.class, id));
                    }
                    session.flush();
                    session.createSelectionQuery("from Tag", Tag.class)
                            .getResultList()
                            .forEach(tag -> tag.name = "batched");
                    return null;
                }),
                stateful("persist all columns", session -> {
                    Item item = made(Item.class, 90);
                    Item old = session.find(Item.class, 1L);
                    item.big = 5L;
                    item.price = old.price;
                    item.color = Color.RED;
                    item.shade = Color.BLUE;
                    item.day = old.day;
                    item.time = old.time;
                    item.moment = old.moment;
                    item.instant = old.instant;
                    item.token = old.token;
                    item.data = old.data;
                    item.words = old.words;
                    item.counts = old.counts;
                    item.json = old.json;
                    item.details = new Details();
                    item.details.title = "made";
                    item.code = "made";
                    item.parent = old;
                    item.team = old.team;
                    item.currency = old.currency;
                    session.persist(item);
                    old.details.weight = 99;
                    old.json = "[1]";
                    old.words[0] = "changed";
                    old.place.street = null;
                    return null;
                }),
                stateful("what the database writes", session -> {
                    Stamp stamp = made(Stamp.class, 90);
                    session.persist(stamp);
                    Car car = made(Truck.class, 90);
                    session.persist(car);
                    session.flush();
                    boolean written = stamp.changed_at != null && stamp.luck == 7 && car.driven_at != null;
                    stamp.name = "changed";
                    car.plate = "changed";
                    session.flush();
                    return written + stamp.maker;
                }),
                stateful("ids that hold references", session -> {
                    Profile profile = new Profile();
                    profile.seal = made(Seal.class, 90);
                    session.persist(profile.seal);
                    session.persist(profile);
                    Line line = new Line();
                    line.id = new LineId(session.getReference(Item.class, 2L), 8);
                    session.persist(line);
                    session.flush();
                    session.clear();
                    Line found = session.find(Line.class, new LineId(session.getReference(Item.class, 2L), 8));
                    found.name = "changed";
                    session.remove(session.find(Profile.class, 90L));
                    session.flush();
                    session.remove(found);
                    return session.findMultiple(
                            Line.class, List.of(new LineId(session.getReference(Item.class, 1L), 7)));
                }),
                stateless("ids that hold references", session -> {
                    Item item = session.get(Item.class, 1L);
                    Line line = session.get(Line.class, new LineId(item, 7));
                    line.name = "changed";
                    session.update(line);
                    session.upsert(line);
                    session.refresh(line);
                    session.delete(line);
                    session.insert(line);
                    Profile profile = session.get(Profile.class, 1L);
                    profile.name = "changed";
                    session.upsert(profile);
                    return profile;
                }),
                stateful("by natural id", session -> {
                    Team one = session.bySimpleNaturalId(Team.class).load("team-1");
                    Team two = session.byNaturalId(Team.class)
                            .using("code", "team-2")
                            .load();
                    session.clear();
                    Team three = session.find(Team.class, "team-1", KeyType.NATURAL);
                    session.clear();
                    Team four = session.bySimpleNaturalId(Team.class).getReference("team-2");
                    return List.of(
                            one,
                            two,
                            three,
                            four,
                            session.byMultipleNaturalId(Team.class).multiLoad("team-1", "team-2", "none"));
                }),
                stateful("batches of references", session -> {
                    session.setFetchBatchSize(5);
                    List<Object> seen = new ArrayList<>();
                    session.createSelectionQuery("from Item order by id", Item.class)
                            .getResultList()
                            .forEach(item -> {
                                seen.add(CorpusBench.text(item.team));
                                seen.add(CorpusBench.text(item.parent));
                                seen.add(CorpusBench.text(item.place.tag));
                                seen.add(item.children.size());
                            });
                    return seen;
                }),
                stateful("one-to-one from both sides", session -> {
                    Object team = Hibernate.unproxy(session.find(Seal.class, 1L).team);
                    session.clear();
                    Object seal = Hibernate.unproxy(session.find(Team.class, 1L).seal);
                    return List.of(team, seal, session.find(Seal.class, 2L).team == null);
                }),
                stateful("scroll", session -> {
                    List<Object> seen = new ArrayList<>();
                    try (ScrollableResults<Item> rows = session.createSelectionQuery(
                                    "from Item order by id", Item.class)
                            .setFetchSize(2)
                            .scroll(ScrollMode.SCROLL_INSENSITIVE)) {
                        rows.last();
                        seen.add(rows.get());
                        rows.beforeFirst();
                        while (rows.next()) {
                            seen.add(rows.get().name);
                        }
                    }
                    return seen;
                }),
                stateful("scroll with collections", session -> {
                    List<Object> seen = new ArrayList<>();
                    try (ScrollableResults<Team> rows = session.createSelectionQuery(
                                    "from Team t left join fetch t.items order by t.id", Team.class)
                            .scroll(ScrollMode.FORWARD_ONLY)) {
                        while (rows.next()) {
                            seen.add(rows.get().items.size());
                        }
                    }
                    return seen;
                }),
                stateful(
                        "stream",
                        session -> session.createSelectionQuery("from Item order by id", Item.class)
                                .setReadOnly(true)
                                .getResultStream()
                                .map(item -> item.name)
                                .toList()),
                stateful(
                        "pages",
                        session -> session.createSelectionQuery(
                                        "from Team t left join fetch t.items order by t.id", Team.class)
                                .setFirstResult(1)
                                .setMaxResults(2)
                                .getResultList()),
                stateful(
                        "specifications",
                        session -> List.of(
                                SelectionSpecification.create(Item.class)
                                        .restrict(Restriction.restrict(Item.class, "name", Range.pattern("B%")))
                                        .restrict(Restriction.restrict(Item.class, "big", Range.closed(1000L, 3000L))
                                                .negated())
                                        .sort(Order.desc(Item.class, "name"))
                                        .createQuery(session)
                                        .getResultList(),
                                SelectionSpecification.create(Item.class, "from Item i where i.parent is not null")
                                        .restrict(Restriction.restrict(
                                                Item.class, "name", Range.containing("item", false)))
                                        .sort(Order.asc(Item.class, "id"))
                                        .createQuery(session)
                                        .getResultList(),
                                MutationSpecification.create(Item.class, "update Item set name = 'x'")
                                        .restrict(Restriction.restrict(Item.class, "big", Range.greaterThan(1000L)))
                                        .createQuery(session)
                                        .executeUpdate())),
                stateful("pages by key", session -> {
                    KeyedPage<Item> first = Page.first(2).keyedBy(Order.asc(Item.class, "id"));
                    var query = session.createSelectionQuery("from Item where name is not null", Item.class);
                    var page = query.getKeyedResultList(first);
                    return List.of(
                            page.getResultList(),
                            query.getKeyedResultList(page.getNextPage()).getResultList());
                }),
                stateful("pages by descending keys", session -> {
                    KeyedPage<Item> first =
                            Page.first(2).keyedBy(List.of(Order.desc(Item.class, "name"), Order.asc(Item.class, "id")));
                    var query = session.createSelectionQuery("from Item", Item.class);
                    var page = query.getKeyedResultList(first);
                    return query.getKeyedResultList(page.getNextPage()).getResultList();
                }),
                stateful(
                        "a named graph",
                        session -> session.createSelectionQuery("from Item order by id", Item.class)
                                .setEntityGraph(session.createEntityGraph(Item.class, "Item.team"), GraphSemantic.FETCH)
                                .getResultList()),
                stateful("a graph with sub-graphs", session -> {
                    var graph = session.createEntityGraph(Team.class);
                    graph.addElementSubgraph("items").addAttributeNodes("parent", "currency");
                    graph.addSubgraph("seal");
                    graph.addAttributeNodes("words", "tags");
                    return session.createSelectionQuery("from Team", Team.class)
                            .setEntityGraph(graph, GraphSemantic.LOAD)
                            .getResultList()
                            .size();
                }),
                locked("of an alias", query -> query.setLockMode("t", LockMode.PESSIMISTIC_WRITE)),
                locked(
                        "with its collections",
                        query -> query.setHibernateLockMode(LockMode.PESSIMISTIC_WRITE)
                                .setLockScope(PessimisticLockScope.EXTENDED)),
                locked(
                        "with what it fetches",
                        query -> query.setHibernateLockMode(LockMode.PESSIMISTIC_READ)
                                .setLockScope(Locking.Scope.INCLUDE_FETCHES)),
                locked("without waiting", query -> query.setHibernateLockMode(LockMode.UPGRADE_NOWAIT)),
                locked(
                        "with a time limit",
                        query -> query.setHibernateLockMode(LockMode.PESSIMISTIC_WRITE)
                                .setTimeout(Timeout.seconds(2))),
                locked(
                        "what is free",
                        query -> query.setHibernateLockMode(LockMode.PESSIMISTIC_WRITE)
                                .setTimeout(Timeouts.SKIP_LOCKED)),
                locked(
                        "afterwards",
                        query -> query.setHibernateLockMode(LockMode.PESSIMISTIC_WRITE)
                                .setFollowOnStrategy(Locking.FollowOn.FORCE)),
                locked(
                        "one page",
                        query -> query.setHibernateLockMode(LockMode.PESSIMISTIC_WRITE)
                                .setMaxResults(1)),
                stateful("lock with its collections", session -> {
                    Team team = session.find(Team.class, 1L);
                    session.lock(team, LockMode.PESSIMISTIC_WRITE, Locking.Scope.INCLUDE_COLLECTIONS);
                    session.refresh(team, LockMode.PESSIMISTIC_WRITE, PessimisticLockScope.EXTENDED);
                    session.lock(team, LockMode.PESSIMISTIC_WRITE, Timeouts.NO_WAIT);
                    return team;
                }),
                stateful("archived rows", session -> {
                    Archived archived = session.find(Archived.class, 1L);
                    session.remove(archived);
                    session.flush();
                    session.clear();
                    return session.createSelectionQuery("from Archived", Archived.class)
                            .getResultList();
                }),
                stateful("remove a team with all that it has", session -> {
                    session.remove(wholeTeam(session));
                    return null;
                }),
                stateful("delete a team with all that it has", session -> {
                    wholeTeam(session);
                    return session.createMutationQuery("delete from Team t where t.id = 90")
                            .executeUpdate();
                }));
    }

    // Hibernate keeps the rows of soft-deleted collections, which then keep the team.
    private static Team wholeTeam(Session session) {
        Team team = made(Team.class, 90);
        team.code = "made";
        team.tags.add(session.getReference(Tag.class, 1L));
        team.ranking.add(session.getReference(Tag.class, 1L));
        team.weights.put(session.getReference(Tag.class, 1L), 1);
        team.words.add("word");
        team.steps.add("step");
        team.remarks.put("topic", "remark");
        team.places.add(place(session));
        session.persist(team);
        session.flush();
        return team;
    }

    private static Entry locked(String how, Consumer<SelectionQuery<Team>> lock) {
        return stateful("lock with a query " + how, session -> {
            SelectionQuery<Team> query =
                    session.createSelectionQuery("from Team t left join fetch t.seal order by t.id", Team.class);
            lock.accept(query);
            return query.getResultList();
        });
    }

    /** What is asked of the history that Hibernate keeps of a global entity. */
    static List<Entry> history(String expression) {
        return List.of(stateful("history " + expression, session -> {
            try (Session past = session.sessionWithOptions()
                    .atChangeset(AuditLog.ALL_CHANGESETS)
                    .connection()
                    .openSession()) {
                return past.createSelectionQuery(
                                "select %s is not null from Ledger l".formatted(expression), Object.class)
                        .getResultList();
            }
        }));
    }

    /** What is built with criteria instead of written. */
    static Stream<Entry> criteria() {
        return Stream.of(
                criteria("joins", Object[].class, (builder, query) -> {
                    JpaRoot<Item> item = query.from(Item.class);
                    var team = item.<Item, Team>join("team", JoinType.LEFT);
                    var tag = team.<Team, Tag>join("tags", JoinType.LEFT);
                    tag.on(builder.like(tag.get("name"), "B%"));
                    query.select(builder.array(item.get("name"), team.get("name"), tag.get("name")))
                            .where(builder.or(
                                    builder.isNotNull(item.get("parent")), builder.between(item.get("number"), 1, 3)))
                            .orderBy(builder.asc(item.get("id")), builder.desc(tag.get("name")));
                }),
                criteria("fetches", Team.class, (builder, query) -> {
                    JpaRoot<Team> team = query.from(Team.class);
                    team.fetch("items", JoinType.LEFT);
                    team.fetch("seal", JoinType.LEFT);
                    query.select(team).distinct(true);
                }),
                criteria("entity joins", Object[].class, (builder, query) -> {
                    JpaRoot<Item> item = query.from(Item.class);
                    var team = item.join(Team.class, org.hibernate.query.common.JoinType.LEFT);
                    team.on(builder.equal(team.get("id"), item.get("id")));
                    query.select(builder.array(item.get("name"), team.get("name")));
                }),
                criteria("sub-queries", Team.class, (builder, query) -> {
                    JpaRoot<Team> team = query.from(Team.class);
                    JpaSubQuery<Long> items = query.subquery(Long.class);
                    var item = items.correlate(team).<Team, Item>join("items");
                    items.select(builder.count(item)).where(builder.isTrue(item.get("active")));
                    query.where(builder.ge(items, 1L));
                }),
                criteria("derived tables", Object[].class, (builder, query) -> {
                    var items = query.subquery(Tuple.class);
                    var item = items.from(Item.class);
                    items.multiselect(
                            item.get("name").alias("name"), item.get("number").alias("number"));
                    var derived = query.from(items);
                    query.select(builder.array(derived.get("name"), derived.get("number")))
                            .where(builder.gt(derived.get("number"), 1));
                }),
                criteria("lateral joins", Object[].class, (builder, query) -> {
                    JpaRoot<Team> team = query.from(Team.class);
                    var items = query.subquery(Tuple.class);
                    var item = items.correlate(team).<Team, Item>join("items");
                    items.multiselect(item.get("name").alias("name"))
                            .orderBy(builder.asc(item.get("name")))
                            .fetch(1);
                    var lateral = team.joinLateral(items, org.hibernate.query.common.JoinType.LEFT);
                    query.select(builder.array(team.get("name"), lateral.get("name")));
                }),
                criteria("common table expressions", Object[].class, (builder, query) -> {
                    JpaCriteriaQuery<Tuple> base = builder.createTupleQuery();
                    var first = base.from(Item.class);
                    base.multiselect(
                                    first.get("id").alias("id"),
                                    first.get("name").alias("name"))
                            .where(builder.isNull(first.get("parent")));
                    var tree = query.withRecursiveUnionAll("tree", base, cte -> {
                        JpaCriteriaQuery<Tuple> more = builder.createTupleQuery();
                        var up = more.from(cte);
                        var item = up.join(Item.class, org.hibernate.query.common.JoinType.INNER);
                        item.on(builder.equal(item.get("parent").get("id"), up.get("id")));
                        return more.multiselect(
                                item.get("id").alias("id"), item.get("name").alias("name"));
                    });
                    var root = query.from(tree);
                    query.select(builder.array(root.get("id"), root.get("name")));
                }),
                criteria("groups", Object[].class, (builder, query) -> {
                    JpaRoot<Item> item = query.from(Item.class);
                    query.select(builder.array(
                                    item.get("color"),
                                    builder.count(item),
                                    builder.sum(item.<Integer>get("number")),
                                    builder.max(item.<Integer>get("number"))))
                            .groupBy(item.get("color"))
                            .having(builder.gt(builder.count(item), 0L));
                }),
                criteria("cases and functions", Object[].class, (builder, query) -> {
                    JpaRoot<Item> item = query.from(Item.class);
                    query.select(builder.array(
                            builder.selectCase()
                                    .when(builder.isNull(item.get("parent")), "top")
                                    .otherwise(item.get("name")),
                            builder.coalesce(item.get("place").get("town"), builder.literal("none")),
                            builder.concat(item.get("name"), builder.upper(item.get("name"))),
                            builder.substring(item.get("name"), 1, 2),
                            builder.function("lower", String.class, item.get("name")),
                            builder.size(item.<Collection<Item>>get("children"))));
                }),
                criteria("values in lists", Item.class, (builder, query) -> {
                    JpaRoot<Item> item = query.from(Item.class);
                    query.where(builder.and(
                            item.get("id").in(1L, 2L),
                            builder.in(item.get("name"), List.of("B item 1", "x")),
                            builder.like(item.get("name"), builder.concat("B", "%"), '!'),
                            builder.isEmpty(item.<Collection<Item>>get("children"))
                                    .not()));
                }),
                criteria("subclasses", Object[].class, (builder, query) -> {
                    JpaRoot<Vehicle> vehicle = query.from(Vehicle.class);
                    var car = builder.treat(vehicle, Car.class);
                    query.select(builder.array(vehicle.get("name"), car.get("plate")))
                            .where(builder.equal(vehicle.type(), Car.class));
                }),
                stateful("criteria: unions", session -> {
                    HibernateCriteriaBuilder builder = session.getCriteriaBuilder();
                    JpaCriteriaQuery<String> items = builder.createQuery(String.class);
                    items.select(items.from(Item.class).get("name"));
                    JpaCriteriaQuery<String> teams = builder.createQuery(String.class);
                    teams.select(teams.from(Team.class).get("name"));
                    List<String> all = new ArrayList<>();
                    all.addAll(session.createQuery(builder.union(items, teams)).getResultList());
                    all.addAll(
                            session.createQuery(builder.unionAll(items, teams)).getResultList());
                    all.addAll(session.createQuery(builder.except(items, teams)).getResultList());
                    all.addAll(
                            session.createQuery(builder.intersect(items, teams)).getResultList());
                    return all.stream().sorted().toList();
                }),
                stateful("criteria: update", session -> {
                    HibernateCriteriaBuilder builder = session.getCriteriaBuilder();
                    var update = builder.createCriteriaUpdate(Item.class);
                    var item = update.from(Item.class);
                    update.set(item.<String>get("name"), builder.concat("x", item.<String>get("name")))
                            .set(item.<Team>get("team"), session.getReference(Team.class, 2L))
                            .where(builder.equal(item.get("active"), true));
                    return session.createMutationQuery(update).executeUpdate();
                }),
                stateful("criteria: update of joined subclasses", session -> {
                    HibernateCriteriaBuilder builder = session.getCriteriaBuilder();
                    var update = builder.createCriteriaUpdate(Car.class);
                    var car = update.from(Car.class);
                    update.set(car.<String>get("plate"), "p")
                            .set(car.<String>get("name"), "n")
                            .where(builder.ge(car.get("doors"), 0));
                    return session.createMutationQuery(update).executeUpdate();
                }),
                stateful("criteria: delete", session -> {
                    HibernateCriteriaBuilder builder = session.getCriteriaBuilder();
                    var delete = builder.createCriteriaDelete(Doc.class);
                    var doc = delete.from(Doc.class);
                    delete.where(builder.like(doc.get("more"), "B%"));
                    return session.createMutationQuery(delete).executeUpdate();
                }),
                stateful("criteria: delete of a table per class", session -> {
                    HibernateCriteriaBuilder builder = session.getCriteriaBuilder();
                    var delete = builder.createCriteriaDelete(Payment.class);
                    delete.where(builder.gt(delete.from(Payment.class).get("amount"), 1));
                    return session.createMutationQuery(delete).executeUpdate();
                }),
                stateful("criteria: insert of values", session -> {
                    HibernateCriteriaBuilder builder = session.getCriteriaBuilder();
                    JpaCriteriaInsertValues<Tag> insert = builder.createCriteriaInsertValues(Tag.class);
                    JpaRoot<Tag> tag = insert.getTarget();
                    insert.setInsertionTargetPaths(
                            tag.get("id"), tag.get("version"), tag.get("name"), tag.get("tenantId"));
                    insert.values(builder.values(
                            builder.value(90L),
                            builder.value(0),
                            builder.upper(builder.literal("made")),
                            builder.value(session.getTenantIdentifierValue())));
                    return session.createMutationQuery(insert).executeUpdate();
                }),
                stateful("criteria: insert of a query", session -> {
                    HibernateCriteriaBuilder builder = session.getCriteriaBuilder();
                    JpaCriteriaInsertSelect<Circle> insert = builder.createCriteriaInsertSelect(Circle.class);
                    JpaRoot<Circle> circle = insert.getTarget();
                    insert.setInsertionTargetPaths(
                            circle.get("id"),
                            circle.get("version"),
                            circle.get("radius"),
                            circle.get("name"),
                            circle.get("tenantId"));
                    JpaCriteriaQuery<Tuple> items = builder.createTupleQuery();
                    JpaRoot<Item> item = items.from(Item.class);
                    items.multiselect(
                            builder.sum(item.<Long>get("id"), 90L),
                            builder.literal(0),
                            item.get("number"),
                            item.get("name"),
                            item.get("tenantId"));
                    insert.select(items);
                    return session.createMutationQuery(insert).executeUpdate();
                }));
    }

    private interface Building<T> {
        void build(HibernateCriteriaBuilder builder, JpaCriteriaQuery<T> query);
    }

    private static <T> Entry criteria(String name, Class<T> result, Building<T> building) {
        return stateful("criteria: " + name, session -> {
            HibernateCriteriaBuilder builder = session.getCriteriaBuilder();
            JpaCriteriaQuery<T> query = builder.createQuery(result);
            building.build(builder, query);
            return session.createSelectionQuery(query).getResultList().stream()
                    .map(CorpusBench::text)
                    .sorted()
                    .toList();
        });
    }
}
