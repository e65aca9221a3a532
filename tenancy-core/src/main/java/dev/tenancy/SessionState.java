package dev.tenancy;

import dev.tenancy.sql.SessionEffects;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the database's session behind a connection was like before a text changed it, so that it can be put back before the connection
 * is somebody else's: temporary tables, settings, variables, prepared statements, cursors, channels, locks. What was there before, such
 * as a pool's own settings, stays.
 */
final class SessionState {

    private static final Logger LOG = LoggerFactory.getLogger(SessionState.class);

    /**
     * @param value null if there is nothing of which another value could be told
     * @param undo what takes it away again, null if a setting takes a function
     */
    private record Trace(
            String kind,
            String name,
            @Nullable String value,
            @Nullable String undo) {

        String key() {
            return kind + ' ' + name;
        }
    }

    private static final String SETTING = "setting";
    private static final String OBJECT = "object";

    // The driver changes default_transaction_… by itself, for a connection's isolation and for read-only.
    private static final String POSTGRESQL = """
            select 'setting', lower(name), current_setting(name, true), null
              from unnest(string_to_array(?, chr(10))) as name
            union all
            select 'setting', lower(name), current_setting(name), null
              from pg_settings
              where source = 'session' and context in ('user', 'superuser')
                and name not like 'transaction\\_%' and name not like 'default\\_transaction\\_%'
            union all
            select 'object', case relkind when 'v' then 'view ' when 'S' then 'sequence ' when 'f' then 'foreign table '
                when 'c' then 'type ' else 'table ' end || oid::regclass, null, null
              from pg_class where relnamespace = pg_my_temp_schema() and relkind in ('r', 'p', 'v', 'S', 'f', 'c')
            union all
            select 'object', 'routine ' || oid::regprocedure, null, null
              from pg_proc where pronamespace = pg_my_temp_schema()
            union all
            select 'object', 'type ' || oid::regtype, null, null
              from pg_type where typnamespace = pg_my_temp_schema() and typtype in ('e', 'd', 'r')
            union all
            select 'prepared statement', name, null, 'deallocate ' || quote_ident(name)
              from pg_prepared_statements where from_sql
            union all
            select 'cursor', name, null, 'close ' || quote_ident(name) from pg_cursors where is_holdable
            union all
            select 'channel', channel, null, 'unlisten ' || quote_ident(channel)
              from pg_listening_channels() as channel
            """;

    private static final String H2 = """
            select case when state_key like '@%' then 'variable' when state_key like 'TABLE %' then 'object' else 'setting' end,
                state_key, state_command,
                case when state_key like '@%'
                        then 'set @"' || replace(substring(state_key from 2), '"', '""') || '" null'
                    when state_key like 'TABLE %'
                        then 'drop table if exists "' || replace(substring(state_key from 7), '"', '""') || '" cascade'
                    when state_key = 'TIME ZONE' then 'set time zone local' end
              from information_schema.session_state
            union all
            select 'setting', setting_name, 'set ' || setting_name || ' ' || setting_value, null
              from information_schema.settings
              where setting_name in ('QUERY_TIMEOUT', 'TRUNCATE_LARGE_LENGTH', 'VARIABLE_BINARY')
            union all
            select 'setting', 'LOCK_TIMEOUT', 'set lock_timeout ' || lock_timeout(), null
            union all
            select 'object', 'GLOBAL ' || table_schema || '.' || table_name, null,
                'drop table if exists "' || replace(table_schema, '"', '""') || '"."' || replace(table_name, '"', '""')
                    || '" cascade'
              from information_schema.tables
              where table_type = 'GLOBAL TEMPORARY'
                and position(chr(10) || lower(table_name) || chr(10) in chr(10) || ? || chr(10)) > 0
            """;

    private final Connection connection;
    private final boolean h2;
    private final boolean known;
    private final Map<String, Trace> before = new LinkedHashMap<>();
    // What a session does not tell by itself: settings that an extension or an application made up, tables of all
    // sessions.
    private final Set<String> asked = new HashSet<>();
    // Had a value for their transaction only, when the session was looked at.
    private final Set<String> unseen = new HashSet<>();
    private boolean looked;
    private boolean locks;
    private boolean begun;
    private @Nullable String beyondRepair;

    SessionState(Connection connection) throws SQLException {
        this.connection = connection;
        Database database = Database.of(connection);
        h2 = database == Database.H2;
        known = database != Database.OTHER;
    }

    /**
     * Looks at what a text is about to change.
     *
     * @param local the settings that the transaction has changed for itself
     */
    void beforeRunning(SessionEffects effects, Set<String> local) {
        locks |= effects.locks();
        begun |= effects.beginsTransaction();
        if (effects.beyondRepair()) {
            beyondRepair = "a statement changed what cannot be read again";
        } else if (!known) {
            beyondRepair = "the database is none whose sessions are known";
        } else if (effects.settings().stream().anyMatch(local::contains)) {
            beyondRepair = "a setting was changed for the transaction first, and then for the session";
        }
        if (!effects.leavesTraces() || beyondRepair != null) {
            return;
        }
        Set<String> names = new HashSet<>();
        for (String name : h2 ? effects.tables() : effects.settings()) {
            if (h2 || name.indexOf('.') > 0 || name.equals("role") || name.equals("session_authorization")) {
                names.add(name);
            }
            if (unseen.remove(name)) {
                names.add(name);
            }
        }
        names.removeAll(asked);
        if (looked && names.isEmpty()) {
            return;
        }
        try {
            for (Trace trace : look(names)) {
                boolean first = !looked;
                if (!h2 && local.contains(trace.name())) {
                    unseen.add(trace.name());
                } else if (first || isAskedFor(trace, names)) {
                    before.putIfAbsent(trace.key(), trace);
                }
            }
            asked.addAll(names);
            looked = true;
        } catch (SQLException unread) {
            LOG.warn("The database's session could not be looked at before a statement changes it", unread);
            beyondRepair = "it could not be looked at before";
        }
    }

    private boolean isAskedFor(Trace trace, Set<String> names) {
        return h2 ? trace.name().startsWith("GLOBAL ") : trace.kind().equals(SETTING) && names.contains(trace.name());
    }

    private List<Trace> look(Set<String> names) throws SQLException {
        List<Trace> traces = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(h2 ? H2 : POSTGRESQL)) {
            query.setString(1, String.join("\n", names));
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    traces.add(new Trace(rows.getString(1), rows.getString(2), rows.getString(3), rows.getString(4)));
                }
            }
        }
        return traces;
    }

    /** A transaction that the driver does not know of. */
    void endWhatATextBegan() throws SQLException {
        if (begun) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("rollback");
            }
        }
    }

    /**
     * Puts the session back, outside of any transaction of the application's.
     *
     * @throws SQLException if it cannot be
     */
    void putBack() throws SQLException {
        if (beyondRepair != null) {
            throw new SQLException("The database's session cannot be put back: " + beyondRepair + ".");
        }
        try (Statement statement = connection.createStatement()) {
            if (locks) {
                statement.execute("select pg_advisory_unlock_all()");
            }
            if (!looked) {
                return;
            }
            Map<String, Trace> now = new LinkedHashMap<>();
            look(asked).forEach(trace -> now.putIfAbsent(trace.key(), trace));
            boolean hadObjects =
                    before.values().stream().anyMatch(one -> one.kind().equals(OBJECT));
            boolean discard = false;
            for (Trace trace : now.values()) {
                Trace old = before.get(trace.key());
                if (old != null) {
                    if (trace.value() != null ? !trace.value().equals(old.value()) : old.value() != null) {
                        set(old, old.value());
                    }
                } else if (trace.kind().equals(SETTING) && !h2) {
                    if (!unseen.contains(trace.name())) {
                        set(trace, null);
                    }
                } else if (trace.kind().equals(OBJECT) && !h2) {
                    if (hadObjects) {
                        statement.execute("drop " + withIfExists(trace.name()) + " cascade");
                    }
                    discard = true;
                } else if (trace.undo() != null) {
                    statement.execute(trace.undo());
                } else {
                    throw new SQLException("The database's session cannot be put back: " + trace.key() + " is new.");
                }
            }
            if (discard && !hadObjects) {
                // Whoever owns them: what was made across tenants is that role's.
                statement.execute("discard temp");
            }
            for (Trace trace : before.values()) {
                if (!now.containsKey(trace.key())) {
                    if (trace.value() == null && !trace.kind().equals(SETTING)) {
                        throw new SQLException(
                                "The database's session cannot be put back: " + trace.key() + " is gone.");
                    }
                    set(trace, trace.value());
                }
            }
        }
    }

    private static String withIfExists(String object) {
        for (String kind : List.of("foreign table ", "table ", "view ", "sequence ", "type ", "routine ")) {
            if (object.startsWith(kind)) {
                return kind + "if exists " + object.substring(kind.length());
            }
        }
        throw new IllegalStateException(object);
    }

    private void set(Trace trace, @Nullable String value) throws SQLException {
        if (h2) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(String.valueOf(value));
            }
            return;
        }
        // Without a value it takes its default again.
        try (PreparedStatement setting = connection.prepareStatement("select set_config(?, ?, false)")) {
            setting.setString(1, trace.name());
            setting.setString(2, value);
            setting.execute();
        }
    }

    /**
     * Ends the database's session, so that no pool hands it on.
     *
     * @return whether it is certain to have ended
     */
    static boolean end(Connection connection) {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException | RuntimeException | AbstractMethodError failed) {
            LOG.warn("A connection could not be aborted", failed);
        }
        if (isOver(connection)) {
            return true;
        }
        // H2 does not abort.
        try {
            connection.unwrap(Connection.class).close();
        } catch (SQLException | RuntimeException failed) {
            LOG.warn("A connection could not be closed", failed);
        }
        return isOver(connection);
    }

    // By a statement, which tells a pool as well that the connection is broken.
    private static boolean isOver(Connection connection) {
        try (Statement statement = connection.createStatement()) {
            statement.execute("select 1");
            return false;
        } catch (SQLException | RuntimeException over) {
            LOG.debug("A connection is over, as it should be", over);
            return true;
        }
    }
}
