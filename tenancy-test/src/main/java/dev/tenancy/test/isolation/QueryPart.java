package dev.tenancy.test.isolation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.persister.entity.mutation.EntityTableMapping;
import org.jspecify.annotations.Nullable;

/** The SQL that the application declares: of repositories, of named queries and of the mapping. It is judged, and never run. */
final class QueryPart implements Part {

    /** A text and where it stands. */
    record Text(String target, String name, String sql) {}

    private final OwnedMapping mapping;
    private final List<Text> declared;
    private final StatementJudge judge;

    /** @param declared texts beside those of the mapping */
    QueryPart(OwnedMapping mapping, SampleRows rows, Tenants tenants, List<Text> declared) {
        this.mapping = mapping;
        this.declared = declared;
        this.judge = new StatementJudge(mapping, rows, tenants);
    }

    @Override
    public String name() {
        return "queries";
    }

    @Override
    public Stream<? extends Target> targets() {
        List<Text> texts = new ArrayList<>(declared);
        addNamed(texts);
        mapping.factory().getMappingMetamodel().forEachEntityDescriptor(entity -> addEntity(entity, texts));
        Map<String, Map<String, Text>> targets = new TreeMap<>();
        texts.forEach(text -> targets.computeIfAbsent(text.target(), name -> new LinkedHashMap<>())
                .put(text.name(), text));
        return targets.entrySet().stream()
                .map(target ->
                        new Texts(target.getKey(), List.copyOf(target.getValue().values()), judge));
    }

    private void addNamed(List<Text> texts) {
        mapping.factory()
                .getQueryEngine()
                .getNamedObjectRepository()
                .visitNativeQueryMementos(query -> texts.add(new Text(
                        "named native queries", "named: " + query.getRegistrationName(), query.getSqlString())));
    }

    // For owned entities it is refused at start, as are entities over a query of their own.
    private static void addEntity(EntityPersister entity, List<Text> texts) {
        String name = entity.getMappedClass().getSimpleName();
        for (EntityTableMapping table : entity.getTableMappings()) {
            add(texts, name, "custom SQL: insert into " + table.getTableName(), table.getInsertCustomSql());
            add(texts, name, "custom SQL: update of " + table.getTableName(), table.getUpdateCustomSql());
            add(texts, name, "custom SQL: delete from " + table.getTableName(), table.getDeleteCustomSql());
        }
    }

    private static void add(List<Text> texts, String target, String name, @Nullable String sql) {
        if (sql != null) {
            texts.add(new Text(target, name, sql));
        }
    }

    @Override
    public boolean isRehearsed() {
        return false;
    }

    @Override
    public void end() {}

    private record Texts(String name, List<Text> texts, StatementJudge judge) implements Target {

        @Override
        public Stream<Attack> attacks() {
            return texts.stream().map(text -> Attack.proving(text.name(), () -> judge.judge(text)));
        }
    }
}
