package dev.tenancy;

import dev.tenancy.OracleReport.Example;
import dev.tenancy.SqlGrammar.Sentence;
import dev.tenancy.SqlGrammar.Step;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.hibernate.SessionFactory;

/**
 * Runs statements that nobody wrote as tenant B: on the bare database, through the guard, and on a copy that holds B's rows and the
 * global ones. What the guard lets through has to end as on the copy; what says the tenant everywhere has to be let through.
 */
final class DifferentialOracle implements AutoCloseable {

    private static final Pattern AT_RUN_TIME = Pattern.compile("2[23]...|21000|90053");
    private static final Pattern TEMPORARY = Pattern.compile("create local temporary table (\\w+).*");
    private static final String CANCELLED = "57014";
    private static final long PROGRESS = 500_000;

    private enum Verdict {
        /** The database does not take the statement. */
        INVALID,
        /** As it should be. */
        FINE,
        LEAK,
        FALSE_REFUSAL,
        /** It holds no attack, and yet sees the other tenant's rows without the guard. */
        FAULT_OF_THE_GRAMMAR
    }

    /** What came of a statement: its results, or the state of its failure, and what the tables held then. */
    private record Outcome(List<String> results, String failure, String text, String refusal, List<String> content) {

        boolean isInvalid() {
            return failure != null && !AT_RUN_TIME.matcher(failure).matches();
        }

        boolean isSame(Outcome other) {
            return results.equals(other.results)
                    && String.valueOf(failure).equals(String.valueOf(other.failure))
                    && of(OracleTables.B).equals(other.of(OracleTables.B));
        }

        List<String> of(Object tenant) {
            Object another = tenant == OracleTables.A ? OracleTables.B : OracleTables.A;
            return content.stream()
                    .filter(row -> tenant == OracleTables.A ? isOf(row, tenant) : !isOf(row, another))
                    .toList();
        }

        private static boolean isOf(String row, Object tenant) {
            return row.startsWith(tenant.toString(), row.indexOf(' ') + 1);
        }
    }

    private record Judgement(Verdict verdict, boolean effective, boolean refused, String why) {}

    private final boolean postgres;
    private final Connection main;
    private final Connection copy;
    private final SqlGrammar.Composer composer;
    private final SessionFactory factory;
    private final DataSource guarded;
    private final Map<String, PreparedStatement> kept = new HashMap<>();
    private final List<String> untouchedMain;
    private final List<String> untouchedCopy;
    private long shrinkings;
    /** What the guard has sent last, and for each step of the sentence. */
    private String lastPrepared = "";

    private final List<String> prepared = new ArrayList<>();
    private long explained;
    private long unexplained;
    private String lastUnexplained = "";

    DifferentialOracle(String mainUrl, String copyUrl, String secretFile) throws SQLException {
        postgres = mainUrl.contains("postgres");
        main = filled(mainUrl, true);
        copy = filled(copyUrl, false);
        composer = new SqlGrammar.Composer(
                postgres ? SqlProductions.ofPostgres() : SqlProductions.ofH2(), postgres, secretFile);
        guarded = TenantIsolation.guard(only(main));
        factory = Model.factory(
                Map.of("hibernate.connection.datasource", guarded, "hibernate.hbm2ddl.auto", "none"),
                OracleTables.ENTITIES);
        if (postgres) {
            execute(main, OracleTables.uniqueAcrossTenants());
            execute(copy, OracleTables.uniqueAcrossTenants());
        }
        main.setAutoCommit(false);
        copy.setAutoCommit(false);
        untouchedMain = content(main);
        untouchedCopy = content(copy);
    }

    private Connection filled(String url, boolean withA) throws SQLException {
        Connection connection = DriverManager.getConnection(url);
        execute(connection, OracleTables.sql(postgres, withA));
        execute(
                connection,
                postgres
                        ? List.of("set statement_timeout = 3000", "set jit = off")
                        : List.of("set query_timeout 3000"));
        return connection;
    }

    private static void execute(Connection connection, List<String> statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    // The guard's connection is the one whose tables are looked at before it is rolled back.
    private DataSource only(Connection connection) {
        return proxy(
                DataSource.class,
                (method, arguments) -> method.equals("getConnection")
                        ? kept(connection)
                        : method.equals("isWrapperFor") ? false : null);
    }

    private Connection kept(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                DifferentialOracle.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        return null;
                    }
                    if (method.getName().equals("prepareStatement")) {
                        lastPrepared = (String) arguments[0];
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                });
    }

    private interface Answer {
        Object to(String method, Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(
                DifferentialOracle.class.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> answer.to(method.getName(), arguments)));
    }

    /**
     * Composes and runs statements.
     *
     * @param first the number of the first
     * @param shrinking how many failures are made smaller, as far as they are of new kinds
     */
    OracleReport run(long seed, long first, long statements, long shrinking) throws SQLException {
        OracleReport report = new OracleReport((postgres ? "PostgreSQL" : "H2") + ", seed " + seed);
        shrinkings = shrinking;
        for (long number = first; number < first + statements; number++) {
            Sentence sentence = composer.compose(seed, number);
            Judgement judgement = judge(sentence);
            report.statement(
                    sentence, judgement.verdict() != Verdict.INVALID, judgement.effective(), judgement.refused());
            Example example = new Example(
                    sentence,
                    judgement.why(),
                    "-Doracle.seed=" + seed + " -Doracle.first=" + number + " -Doracle.statements=1");
            switch (judgement.verdict()) {
                case LEAK -> leak(report, example);
                case FALSE_REFUSAL -> falseRefusal(report, example);
                case FAULT_OF_THE_GRAMMAR -> report.fault(example);
                default -> {}
            }
            if ((number - first) % PROGRESS == PROGRESS - 1) {
                System.out.println(report);
            }
        }
        report.plans(explained, unexplained, lastUnexplained);
        return report;
    }

    private void leak(OracleReport report, Example example) throws SQLException {
        String attack = example.sentence().attack() == null
                ? "(no attack)"
                : example.sentence().attack();
        if (example.why().startsWith("plan: ")) {
            attack += ", " + example.why().replaceFirst(" of .*", "");
        }
        report.leak(attack, report.knowsLeak(attack) || shrinkings <= 0 ? example : smaller(example, Verdict.LEAK));
    }

    private void falseRefusal(OracleReport report, Example example) throws SQLException {
        Set<String> known = report.knownRefusal(example.sentence());
        if (known != null) {
            report.falseRefusal(known, example);
        } else if (shrinkings > 0) {
            Example small = smaller(example, Verdict.FALSE_REFUSAL);
            report.falseRefusal(small.sentence().productions(), small);
        } else {
            report.falseRefusal(Set.of("(not made smaller)"), example);
        }
    }

    private Example smaller(Example example, Verdict verdict) throws SQLException {
        shrinkings--;
        Sentence small = new Shrinking(composer)
                .smallest(
                        example.sentence(),
                        one -> (verdict == Verdict.LEAK || isRefused(one))
                                && judge(one).verdict() == verdict);
        return new Example(small, judge(small).why(), example.repetition());
    }

    // Asks the guard alone, which is quick.
    private boolean isRefused(Sentence sentence) {
        try {
            CurrentTenant.runAs(OracleTables.B, () -> {
                try (Connection connection = guarded.getConnection()) {
                    for (Step step : sentence.steps()) {
                        connection.prepareStatement(step.sql()).close();
                    }
                }
            });
            return false;
        } catch (SQLException invalid) {
            return false;
        } catch (TenancyException refused) {
            return true;
        }
    }

    // ---- one statement

    private Judgement judge(Sentence sentence) throws SQLException {
        Outcome own = outcome(copy, sentence, false);
        Outcome bare = own.isInvalid() ? own : outcome(main, sentence, false);
        if (own.isInvalid() || bare.isInvalid()) {
            return new Judgement(Verdict.INVALID, false, false, own.text() + bare.text());
        }
        boolean effective = !bare.isSame(own) || !bare.of(OracleTables.A).equals(initial(OracleTables.A));
        if (effective && sentence.attack() == null) {
            return new Judgement(Verdict.FAULT_OF_THE_GRAMMAR, true, false, difference(bare, own));
        }
        Outcome seen = outcome(main, sentence, true);
        if (seen.refusal() != null) {
            return new Judgement(
                    sentence.attack() == null ? Verdict.FALSE_REFUSAL : Verdict.FINE, effective, true, seen.refusal());
        }
        if (CANCELLED.equals(seen.failure())) {
            return new Judgement(Verdict.INVALID, effective, false, seen.text());
        }
        String plan = seen.failure() == null ? plan(sentence) : "";
        if (!plan.isEmpty()) {
            return new Judgement(Verdict.LEAK, effective, false, "plan: " + plan);
        }
        boolean tells = seen.text().contains(OracleTables.SECRET);
        boolean changes = !seen.of(OracleTables.A).equals(initial(OracleTables.A));
        return !seen.isSame(own) || tells || changes
                ? new Judgement(
                        Verdict.LEAK,
                        effective,
                        false,
                        (tells ? "tells: " : changes ? "changes A's rows: " : "differs: ") + difference(seen, own))
                : new Judgement(Verdict.FINE, effective, false, "");
    }

    /** What the database's own reading of the statement holds against it; empty if nothing. */
    private String plan(Sentence sentence) throws SQLException {
        if (sentence.steps().size() > 1 || prepared.isEmpty()) {
            return "";
        }
        try {
            List<String> faults = postgres
                    ? PostgresPlan.faults(main, prepared.get(0), OracleTables::isOwned)
                    : H2Plan.faults(main, prepared.get(0));
            explained++;
            return String.join("; ", faults);
        } catch (SQLException untold) {
            // What stands in a transaction of the guard's own, or has types that only the bound values have.
            unexplained++;
            lastUnexplained = untold.getMessage() + ": " + prepared.get(0);
            return "";
        } finally {
            main.rollback();
        }
    }

    private static String difference(Outcome seen, Outcome own) {
        return seen.text().equals(own.text())
                ? without(seen.content(), own.content()) + " " + without(own.content(), seen.content())
                : cut(seen.text()) + " instead of " + cut(own.text());
    }

    private static String without(List<String> some, List<String> others) {
        List<String> rest = new ArrayList<>(some);
        others.forEach(rest::remove);
        return cut(rest.toString());
    }

    private static String cut(String text) {
        return text.length() > 160 ? text.substring(0, 160) + "…" : text;
    }

    private List<String> initial(Object tenant) {
        return new Outcome(List.of(), null, "", null, untouchedMain).of(tenant);
    }

    private Outcome outcome(Connection bare, Sentence sentence, boolean throughTheGuard) throws SQLException {
        List<String> results = new ArrayList<>();
        String failure = null;
        String text = "";
        String refusal = null;
        try {
            if (throughTheGuard) {
                CurrentTenant.runAs(OracleTables.B, () -> {
                    try (Connection connection = guarded.getConnection()) {
                        run(connection, sentence, results);
                    }
                });
            } else {
                run(bare, sentence, results);
            }
        } catch (TenancyException refused) {
            refusal = refused.getMessage();
        } catch (RuntimeException | StackOverflowError crashed) {
            failure = crashed.toString();
        } catch (SQLException failed) {
            failure = failed.getSQLState();
            text = Stream.iterate((Throwable) failed, one -> one != null, Throwable::getCause)
                    .map(one -> one.getClass().getSimpleName() + " " + one.getMessage())
                    .collect(Collectors.joining("; "));
        }
        List<String> untouched = bare == main ? untouchedMain : untouchedCopy;
        List<String> content =
                failure == null && refusal == null && mayHaveWritten(bare, sentence) ? content(bare) : untouched;
        bare.rollback();
        cleanUp(bare, sentence);
        return new Outcome(results, failure, results + text, refusal, content);
    }

    private void run(Connection connection, Sentence sentence, List<String> results) throws SQLException {
        prepared.clear();
        for (Step step : sentence.steps()) {
            try (PreparedStatement statement = connection.prepareStatement(step.sql())) {
                prepared.add(lastPrepared);
                for (int i = 0; i < step.values().size(); i++) {
                    statement.setObject(i + 1, step.values().get(i));
                }
                boolean rows = statement.execute();
                while (rows || statement.getUpdateCount() >= 0) {
                    results.add(rows ? rows(statement.getResultSet()) : "count " + statement.getUpdateCount());
                    rows = statement.getMoreResults();
                }
            }
        }
    }

    private static String rows(ResultSet rows) throws SQLException {
        List<String> all = new ArrayList<>();
        int columns = rows.getMetaData().getColumnCount();
        while (rows.next()) {
            StringBuilder row = new StringBuilder("(");
            for (int i = 1; i <= columns; i++) {
                row.append(i > 1 ? ", " : "").append(rows.getString(i));
            }
            all.add(row.append(')')
                    .toString()
                    .replace("oracle_copy", "oracle_main")
                    .replace("ORACLE_COPY", "ORACLE_MAIN"));
        }
        all.sort(null);
        return all.toString();
    }

    private boolean mayHaveWritten(Connection connection, Sentence sentence) throws SQLException {
        if (!postgres && sentence.steps().get(0).sql().startsWith("truncate")) {
            return true;
        }
        PreparedStatement question = prepared(
                connection,
                postgres
                        ? "select pg_current_xact_id_if_assigned() is not null"
                        : "select contains_uncommitted from information_schema.sessions where session_id = session_id()");
        try (ResultSet result = question.executeQuery()) {
            result.next();
            return result.getBoolean(1);
        }
    }

    private PreparedStatement prepared(Connection connection, String sql) throws SQLException {
        String key = (connection == main) + sql;
        PreparedStatement known = kept.get(key);
        if (known == null) {
            known = connection.prepareStatement(sql);
            kept.put(key, known);
        }
        return known;
    }

    private List<String> content(Connection connection) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (ResultSet result =
                prepared(connection, OracleTables.content(postgres)).executeQuery()) {
            while (result.next()) {
                rows.add(result.getString(1));
            }
        }
        rows.sort(null);
        return rows;
    }

    // On H2 a definition commits.
    private void cleanUp(Connection connection, Sentence sentence) throws SQLException {
        if (postgres) {
            if (sentence.steps().get(0).sql().startsWith("prepare ")) {
                execute(connection, List.of("deallocate all", OracleTables.driversOwn()));
            }
            return;
        }
        for (Step step : sentence.steps()) {
            Matcher temporary = TEMPORARY.matcher(step.sql());
            if (temporary.matches()) {
                execute(connection, List.of("drop table if exists " + temporary.group(1)));
            }
            if (step.sql().startsWith("truncate")) {
                execute(connection, OracleTables.clearing());
                execute(connection, OracleTables.rows(false, connection == main));
                connection.commit();
            }
        }
    }

    @Override
    public void close() throws SQLException {
        factory.close();
        main.close();
        copy.close();
    }
}
