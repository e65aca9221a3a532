package dev.tenancy;

import dev.tenancy.sql.SqlName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which functions of a database read nothing but their arguments, and change nothing. PostgreSQL's own are harmless if it calls them
 * immutable, or if they are listed here; one that the application defines is, if its body names no owned table and makes no text to
 * run; one of an extension is the server's. Thread-safe.
 */
final class Functions {

    // They run SQL that is in their arguments, or read what no restriction reaches; by how their names begin.
    private static final List<String> HARMFUL = List.of(
            "query_to_xml",
            "table_to_xml",
            "schema_to_xml",
            "database_to_xml",
            "cursor_to_xml",
            "dblink",
            "pg_read_",
            "pg_ls_",
            "pg_stat",
            "pg_show_",
            "lo_",
            "ts_stat",
            "crosstab",
            "ts_rewrite",
            "loread",
            "lowrite",
            "get_raw_page",
            "heap_page",
            "bt_page",
            "connectby",
            "xpath_table",
            "set_config",
            "csvread",
            "csvwrite",
            "file_read",
            "file_write",
            "link_schema",
            "read_blob",
            "session_set",
            "executequery",
            "estimated_envelope",
            "disk_space_used",
            "db_object_size",
            "db_object_sql",
            "cancel_session",
            "abort_session");

    // Of PostgreSQL 18's functions that are not immutable.
    private static final Set<String> HARMLESS = words(
            "age anytextcat array_sample array_shuffle array_to_json array_to_string clock_timestamp col_description concat concat_ws"
                    + " convert convert_from convert_to current_database current_query current_schema current_schemas current_setting"
                    + " current_user currval date date_add date_part date_subtract date_trunc enum_first enum_last enum_range extract"
                    + " format format_type gen_random_uuid generate_series get_current_ts_config getdatabaseencoding getpgusername"
                    + " has_any_column_privilege has_column_privilege has_database_privilege has_foreign_data_wrapper_privilege"
                    + " has_function_privilege has_language_privilege has_parameter_privilege has_schema_privilege"
                    + " has_sequence_privilege has_server_privilege has_table_privilege has_tablespace_privilege has_type_privilege"
                    + " in_range inet_client_addr inet_client_port inet_server_addr inet_server_port json_agg json_agg_strict"
                    + " json_build_array json_build_object json_object_agg json_object_agg_strict json_object_agg_unique"
                    + " json_object_agg_unique_strict json_populate_record json_populate_recordset json_to_record json_to_recordset"
                    + " json_to_tsvector jsonb_agg jsonb_agg_strict jsonb_build_array jsonb_build_object jsonb_object_agg"
                    + " jsonb_object_agg_strict jsonb_object_agg_unique jsonb_object_agg_unique_strict jsonb_path_exists_tz"
                    + " jsonb_path_match_tz jsonb_path_query_array_tz jsonb_path_query_first_tz jsonb_path_query_tz"
                    + " jsonb_populate_record jsonb_populate_record_valid jsonb_populate_recordset jsonb_to_record"
                    + " jsonb_to_recordset jsonb_to_tsvector lastval length make_timestamptz money nextval now numeric"
                    + " obj_description oidvectortypes overlaps pg_advisory_lock pg_advisory_lock_shared pg_advisory_unlock"
                    + " pg_advisory_unlock_all pg_advisory_unlock_shared pg_advisory_xact_lock pg_advisory_xact_lock_shared"
                    + " pg_available_extension_versions pg_available_extensions pg_backend_pid pg_basetype pg_blocking_pids"
                    + " pg_char_to_encoding pg_client_encoding pg_collation_actual_version pg_collation_for pg_collation_is_visible"
                    + " pg_column_size pg_conf_load_time pg_conversion_is_visible pg_current_snapshot pg_current_wal_lsn"
                    + " pg_current_xact_id pg_current_xact_id_if_assigned pg_describe_object pg_encoding_to_char"
                    + " pg_function_is_visible pg_get_constraintdef pg_get_expr pg_get_function_arg_default pg_get_function_arguments"
                    + " pg_get_function_identity_arguments pg_get_function_result pg_get_function_sqlbody pg_get_functiondef"
                    + " pg_get_indexdef pg_get_keywords pg_get_object_address pg_get_partition_constraintdef pg_get_partkeydef"
                    + " pg_get_ruledef pg_get_serial_sequence pg_get_statisticsobjdef pg_get_triggerdef pg_get_userbyid"
                    + " pg_get_viewdef pg_has_role pg_identify_object pg_index_column_has_property pg_index_has_property"
                    + " pg_indexam_has_property pg_input_error_info pg_input_is_valid pg_is_in_recovery pg_is_other_temp_schema"
                    + " pg_jit_available pg_last_wal_receive_lsn pg_last_wal_replay_lsn pg_last_xact_replay_timestamp"
                    + " pg_listening_channels pg_my_temp_schema pg_notify pg_opclass_is_visible pg_operator_is_visible"
                    + " pg_opfamily_is_visible pg_options_to_table pg_partition_ancestors pg_partition_tree"
                    + " pg_postmaster_start_time pg_relation_is_publishable pg_relation_is_updatable pg_column_is_updatable"
                    + " pg_sequence_parameters pg_settings_get_flags pg_sleep pg_sleep_for pg_sleep_until pg_table_is_visible"
                    + " pg_timezone_names pg_trigger_depth pg_try_advisory_lock pg_try_advisory_lock_shared"
                    + " pg_try_advisory_xact_lock pg_try_advisory_xact_lock_shared pg_ts_config_is_visible pg_ts_dict_is_visible"
                    + " pg_ts_parser_is_visible pg_ts_template_is_visible pg_type_is_visible pg_typeof pg_xact_status"
                    + " phraseto_tsquery plainto_tsquery quote_literal quote_nullable random random_normal regclass"
                    + " row_security_active row_to_json session_user setseed setval shobj_description statement_timestamp"
                    + " system_user time timeofday timestamp timestamptz timetz timezone to_char to_date to_json to_jsonb to_number"
                    + " to_regclass to_regcollation to_regnamespace to_regoper to_regoperator to_regproc to_regprocedure to_regrole"
                    + " to_regtype to_regtypemod to_timestamp to_tsquery to_tsvector transaction_timestamp ts_debug ts_headline"
                    + " ts_match_tq ts_match_tt ts_parse ts_token_type txid_current txid_current_if_assigned txid_current_snapshot"
                    + " txid_status uuidv4 uuidv7 version websearch_to_tsquery xml xml_is_well_formed");

    // What is not of the database itself, and what of it is not immutable.
    private static final String POSTGRESQL = """
            select n.nspname in ('pg_catalog', 'information_schema'), p.prokind::text, l.lanname, p.prosecdef, p.proconfig is not null,
                   coalesce(pg_get_function_sqlbody(p.oid), p.prosrc),
                   array(select f.proname::text from pg_aggregate a
                         join pg_proc f on f.oid in (a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggmtransfn,
                                                     a.aggminvtransfn, a.aggmfinalfn)
                         where a.aggfnoid = p.oid)
            from pg_proc p
            join pg_namespace n on n.oid = p.pronamespace
            join pg_language l on l.oid = p.prolang
            where lower(p.proname) = ?
              and not (n.nspname in ('pg_catalog', 'information_schema')
                       and (p.provolatile = 'i' or p.prokind in ('a', 'w')))
              and not exists (select 1 from pg_depend d
                              where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')""";
    private static final String POSTGRESQL_OF_ROWS = """
            select distinct p.proname from pg_proc p
            join pg_namespace n on n.oid = p.pronamespace
            join pg_type t on t.oid = p.proargtypes[0]
            where n.nspname not in ('pg_catalog', 'information_schema') and t.typtype in ('c', 'p')""";

    private static final String POSTGRESQL_OPERATORS = """
            select o.oprname, p.proname from pg_operator o
            join pg_namespace n on n.oid = o.oprnamespace
            join pg_proc p on p.oid = o.oprcode
            where n.nspname <> 'pg_catalog'
              and not exists (select 1 from pg_depend d
                              where d.classid = 'pg_operator'::regclass and d.objid = o.oid and d.deptype = 'e')""";

    // Functions are defined by migrations. What was asked is asked again soon, since one may run at any time.
    private static final long KEPT_NANOS = 10_000_000_000L;
    private static final int MOST_KEPT = 1_000;

    private record Answers(
            long since, Map<String, Boolean> harmless, Set<String> ofRows, Map<String, List<SqlName>> operators) {}

    private volatile @Nullable Answers answers;

    private static Set<String> words(String text) {
        return Set.of(text.split(" "));
    }

    /** @param harmlessCode whether the body of a function names nothing that it should not */
    boolean isHarmless(SqlName name, Connection connection, Database database, Predicate<String> harmlessCode)
            throws SQLException {
        String key = name.key();
        if (HARMFUL.stream().anyMatch(key::startsWith)) {
            return false;
        }
        Map<String, Boolean> kept = answers(connection, database).harmless();
        Boolean known = kept.get(key);
        if (known == null) {
            // A function that calls itself is as harmless as the rest of it.
            kept.put(key, true);
            known = false;
            try {
                known = database == Database.POSTGRESQL
                        ? isHarmlessInPostgreSql(key, connection, harmlessCode)
                        : !isDefined(name, connection);
            } finally {
                kept.put(key, known);
            }
        }
        return known;
    }

    private Answers answers(Connection connection, Database database) throws SQLException {
        Answers kept = answers;
        if (kept == null
                || System.nanoTime() - kept.since() > KEPT_NANOS
                || kept.harmless().size() > MOST_KEPT) {
            kept = new Answers(
                    System.nanoTime(),
                    new ConcurrentHashMap<>(),
                    database == Database.POSTGRESQL ? ofRows(connection) : Set.of(),
                    database == Database.POSTGRESQL ? operators(connection) : Map.of());
            answers = kept;
        }
        return kept;
    }

    private boolean isHarmlessInPostgreSql(String key, Connection connection, Predicate<String> harmlessCode)
            throws SQLException {
        List<String> bodies = new ArrayList<>();
        List<String> parts = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(POSTGRESQL)) {
            statement.setString(1, key);
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    if (found.getBoolean(1)) {
                        if (!HARMLESS.contains(key)) {
                            return false;
                        }
                    } else if (found.getString(2).equals("a")) {
                        for (Object part : (Object[]) found.getArray(7).getArray()) {
                            parts.add((String) part);
                        }
                    } else if (found.getBoolean(4)
                            || found.getBoolean(5)
                            || !found.getString(3).equals("sql")
                                    && !found.getString(3).equals("plpgsql")) {
                        return false;
                    } else {
                        bodies.add(found.getString(6));
                    }
                }
            }
        }
        for (String part : parts) {
            if (!isHarmless(new SqlName(part, true), connection, Database.POSTGRESQL, harmlessCode)) {
                return false;
            }
        }
        return bodies.stream().allMatch(harmlessCode);
    }

    // In H2 they are written in Java, where nothing can be seen.
    private static boolean isDefined(SqlName name, Connection connection) throws SQLException {
        for (String spelling : DatabaseCatalog.spellings(name)) {
            try (ResultSet functions = connection
                    .getMetaData()
                    .getProcedures(null, null, DatabaseCatalog.pattern(spelling, connection.getMetaData()))) {
                if (functions.next()) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether a function of this name takes a row. */
    boolean takesRows(SqlName name, Connection connection, Database database) throws SQLException {
        return answers(connection, database).ofRows().contains(name.key());
    }

    private static Set<String> ofRows(Connection connection) throws SQLException {
        Set<String> names = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(POSTGRESQL_OF_ROWS);
                ResultSet found = statement.executeQuery()) {
            while (found.next()) {
                names.add(SqlName.key(found.getString(1)));
            }
        }
        return names;
    }

    /** The functions that an operator of the application's own stands for; empty for the database's. */
    List<SqlName> ofOperator(String operator, Connection connection, Database database) throws SQLException {
        return answers(connection, database).operators().getOrDefault(operator, List.of());
    }

    private static Map<String, List<SqlName>> operators(Connection connection) throws SQLException {
        Map<String, List<SqlName>> operators = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(POSTGRESQL_OPERATORS);
                ResultSet found = statement.executeQuery()) {
            while (found.next()) {
                operators
                        .computeIfAbsent(found.getString(1), name -> new ArrayList<>())
                        .add(new SqlName(found.getString(2), true));
            }
        }
        return operators;
    }
}
