package dev.tenancy.test.isolation;

import dev.tenancy.UnprovenStatementException;
import dev.tenancy.test.isolation.QueryPart.Text;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hibernate.query.sql.internal.ParameterParser;
import org.hibernate.query.sql.spi.ParameterRecognizer;

/** Has the guard of the session factory judge texts of SQL, as it does when they run, by preparing them. */
final class StatementJudge {

    private static final Pattern TRUSTED =
            Pattern.compile("(?s)^\\s*/\\*\\s*tenancy:\\s*trusted because\\s+(\\S.*?)\\s*\\*/.*");
    // Spring Data binds what such an expression is worth.
    private static final Pattern EXPRESSION = Pattern.compile("[:?][#$]\\{[^}]*}");

    private final OwnedMapping mapping;
    private final SampleRows rows;
    private final Object tenant;

    StatementJudge(OwnedMapping mapping, SampleRows rows, Tenants tenants) {
        this.mapping = mapping;
        this.rows = rows;
        this.tenant = tenants.other();
    }

    /**
     * @return why it is safe
     * @throws Unproven if it will be refused, or is no SQL that the database knows
     */
    String judge(Text text) {
        requireThatTextsAreJudged();
        String path = Cell.path(text.target(), text.name());
        String sql = EXPRESSION
                .matcher(text.sql())
                .replaceAll("?")
                .replace("{h-schema}", "")
                .replace("{h-catalog}", "")
                .replace("{h-domain}", "");
        try {
            prepare(sql);
        } catch (RuntimeException failure) {
            throw Unproven.chain(failure)
                    .filter(UnprovenStatementException.class::isInstance)
                    .findFirst()
                    .map(refusal -> new Unproven(
                            "not proven: " + path + ": its SQL will be refused when it runs. " + refusal.getMessage()))
                    .orElseGet(() -> new Unproven(
                            "not proven: " + path
                                    + ": its SQL could not be prepared. Correct it, or list it in notProven()",
                            failure));
        }
        Matcher trusted = TRUSTED.matcher(sql);
        return trusted.matches()
                ? "not judged: trusted by its author, because " + trusted.group(1)
                : "its text keeps to the tenant, or names no owned table; it was not run";
    }

    // A guard that lets everything pass would let these pass, too.
    private void requireThatTextsAreJudged() {
        String table = mapping.owned().get(0).tenant().getContainingTableExpression();
        String all = "select count(*) from " + table;
        try {
            prepare(all);
        } catch (RuntimeException refused) {
            if (Unproven.chain(refused).anyMatch(UnprovenStatementException.class::isInstance)) {
                return;
            }
            throw new Unproven("not proven: the guard could not be asked", refused);
        }
        throw Unproven.leak("a query of all rows of " + table + " is not refused. Is the data source guarded?"
                + " Build the session factory with TenantIsolation.applyTo.");
    }

    private void prepare(String sql) {
        String forJdbc = forJdbc(sql);
        boolean call =
                forJdbc.stripLeading().replaceFirst("(?s)^/\\*.*?\\*/\\s*", "").startsWith("{");
        rows.as(tenant, session -> {
            session.doWork(connection -> {
                try (var statement = call ? connection.prepareCall(forJdbc) : connection.prepareStatement(forJdbc)) {
                    statement.clearParameters();
                }
            });
            return true;
        });
    }

    private static String forJdbc(String sql) {
        StringBuilder text = new StringBuilder();
        ParameterParser.parse(sql, new ParameterRecognizer() {
            @Override
            public void ordinalParameter(int position) {
                text.append('?');
            }

            @Override
            public void namedParameter(String name, int position) {
                text.append('?');
            }

            @Override
            public void jpaPositionalParameter(int label, int position) {
                text.append('?');
            }

            @Override
            public void other(char character) {
                text.append(character);
            }
        });
        return text.toString();
    }
}
