package dev.tenancy.sql;

import dev.tenancy.sql.Proof.Effect;
import dev.tenancy.sql.Token.Kind;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Judges what is neither a query nor a change of rows: settings, transactions, definitions, and whatever cannot be read. What names
 * no owned table and calls nothing that may reach one is nobody's business, whatever it is.
 */
final class Commands {

    // Whoever names more than this has written no statement by hand.
    private static final int MOST_NAMES = 500;

    private static final Set<String> TRANSACTIONS =
            Set.of("begin", "start", "commit", "end", "abort", "rollback", "savepoint", "release");
    private static final Set<String> PASSING = Set.of(
            "analyze",
            "call",
            "checkpoint",
            "close",
            "cluster",
            "comment",
            "copy",
            "deallocate",
            "declare",
            "discard",
            "do",
            "execute",
            "fetch",
            "help",
            "listen",
            "lock",
            "move",
            "notify",
            "prepare",
            "refresh",
            "reindex",
            "show",
            "truncate",
            "unlisten",
            "vacuum");
    private static final Set<String> DEFINING =
            Set.of("create", "alter", "drop", "comment", "grant", "revoke", "security", "reassign");
    private static final Set<String> NOT_IN_CODE =
            Set.of("execute", "copy", "create", "alter", "drop", "grant", "revoke", "load", "prepare", "truncate");
    // What a tenant's work may define, if it is none of the tenants' business.
    private static final Set<String> DEFINED =
            Set.of("table", "view", "index", "sequence", "schema", "type", "domain", "materialized");
    private static final Set<String> BEFORE_DEFINED = Set.of(
            "or",
            "replace",
            "temp",
            "temporary",
            "local",
            "global",
            "cached",
            "memory",
            "unlogged",
            "unique",
            "if",
            "not",
            "exists",
            "recursive",
            "force",
            "hash",
            "spatial",
            "fulltext",
            "null_filtered",
            "primary",
            "key",
            "concurrently",
            "no");
    // They decide what the rest of a session's texts mean, or for whom they run.
    private static final Set<String> DECIDING_SETTINGS = Set.of(
            "role",
            "authorization",
            "session_authorization",
            "row_security",
            "session_replication_role",
            "client_encoding",
            "names",
            "standard_conforming_strings",
            "backslash_quote",
            "transform_null_equals",
            "quote_all_identifiers",
            "local_preload_libraries",
            "session_preload_libraries",
            "app");
    private static final Set<String> H2_SETTINGS = Set.of(
            "schema",
            "schema_search_path",
            "lock_timeout",
            "query_timeout",
            "time",
            "transaction",
            "session",
            "autocommit",
            "throttle");

    private final List<Token> tokens;
    private final Catalog catalog;
    private final SqlDialect dialect;
    private final int start;
    private final int end;

    final Set<Effect> effects = EnumSet.noneOf(Effect.class);
    boolean reads;
    private boolean inCode;
    /** What names no table may still be of tenants' rows: the owner of the first table that is named, null if none is. */
    @Nullable String owner;

    Commands(List<Token> tokens, int start, int end, Catalog catalog, SqlDialect dialect) {
        this.tokens = tokens;
        this.start = start;
        this.end = end;
        this.catalog = catalog;
        this.dialect = dialect;
    }

    private Token token(int ahead) {
        return tokens.get(Math.min(start + ahead, end - 1));
    }

    private boolean has(int ahead) {
        return start + ahead < end;
    }

    private boolean contains(String word) {
        for (int i = start; i < end; i++) {
            if (tokens.get(i).is(word) || tokens.get(i).isOperator(word)) {
                return true;
            }
        }
        return false;
    }

    /** Judges a command, which {@link Reader} is not for. */
    void judge() {
        Token first = token(0);
        if (TRANSACTIONS.contains(first.word) && isPlain()) {
            transaction(first);
        } else if (first.is("set") || first.is("reset")) {
            setting(first);
        } else if (DEFINING.contains(first.word)) {
            definition();
        } else if (PASSING.contains(first.word) && !isDynamic(first)) {
            passing(first);
        } else {
            reach();
            throw Refused.unproven(
                    "(" + (first.word.isEmpty() ? "statement" : first.word) + ")",
                    "what it does cannot be told",
                    "Leave it to a connection that the guard has no part in, such as that of a migration, or give the reason why it"
                            + " is safe in a comment at its beginning: /* tenancy: trusted because … */");
        }
    }

    // ---- what names nothing

    // One plain literal of PL/pgSQL: parts of several, and escapes, are put together by the database.
    private void checkBlock() {
        int literals = 0;
        for (int i = start + 1; i < end; i++) {
            Token token = tokens.get(i);
            literals += token.kind == Kind.STRING ? 1 : 0;
            if (token.kind != Kind.STRING && !token.is("language") && !token.is("plpgsql") || literals > 1) {
                throw Refused.unproven(
                        "(do)",
                        "its code cannot be read",
                        "Leave it to a connection that the guard has no part in, such as that of a migration.");
            }
        }
    }

    /** Refuses if anything in the stretch may reach an owned row. */
    void reach() {
        if (token(0).is("do")) {
            checkBlock();
        }
        Set<String> asked = new HashSet<>();
        for (int i = start; i < end; i++) {
            Token token = tokens.get(i);
            if (token.kind == Kind.STRING && isCode(i)) {
                code(token.text);
            }
            if (token.kind == Kind.OPERATOR && !catalog.isHarmlessOperator(token.text)) {
                throw Refused.function(token.text);
            }
            if (!token.isName()) {
                continue;
            }
            boolean call = i + 1 < end && tokens.get(i + 1).isMark('(');
            if (Judgement.isCounting(token, dialect, inCode && !contains("*"))) {
                throw Judgement.counting("(name " + token.text + ")");
            }
            if (catalog.isOwned(token.name())) {
                Relation relation = catalog.relation(null, token.name());
                owner = relation == null || relation.owner() == null ? token.text : relation.owner();
                throw Refused.unproven(
                        owner,
                        "nothing shows that it keeps to the current tenant",
                        "Write it as a query, INSERT, UPDATE, DELETE or MERGE that names the tenant, or leave it to a connection that"
                                + " the guard has no part in.");
            }
            if (!asked.add((call ? "(" : "") + token.key()) || !call && isReserved(token)) {
                continue;
            }
            if (asked.size() > MOST_NAMES) {
                throw Refused.unproven(
                        "(statement)", "it names more than " + MOST_NAMES + " things", "Run it in parts.");
            }
            if (call && !catalog.isHarmlessFunction(token.name())
                    || i > start
                            && tokens.get(i - 1).isMark('.')
                            && dialect == SqlDialect.POSTGRESQL
                            && catalog.isFunctionOfRows(token.name())) {
                throw Refused.function(token.text);
            }
            if (catalog.mayReach(token.name())) {
                throw Refused.unproven(
                        "(table " + token.text + ")",
                        "whose rows it shows cannot be seen",
                        "If it is a view, map it as an owned or a global entity, or give the reason why the statement is safe in a"
                                + " comment at its beginning: /* tenancy: trusted because … */");
            }
        }
    }

    private static boolean isReserved(Token token) {
        return token.kind == Kind.WORD && token.name().isReserved();
    }

    // The body of a DO block, or of a function.
    private boolean isCode(int position) {
        return token(0).is("do")
                || token(0).is("create")
                        && position > start
                        && tokens.get(position - 1).is("as");
    }

    private void code(String body) {
        try {
            List<Token> inside = Lexer.read(body, dialect);
            if (!inside.isEmpty()) {
                new Commands(inside, 0, inside.size(), catalog, dialect).code();
            }
        } catch (Unreadable unreadable) {
            throw Refused.unproven(
                    "(" + token(0).word + ")",
                    "its code cannot be read",
                    "Leave it to a connection that the guard has no part in, such as that of a migration.");
        }
    }

    /** Judges the body of a function or a DO block. */
    void code() {
        inCode = true;
        for (int i = start; i < end; i++) {
            Token token = tokens.get(i);
            boolean setting = (token.is("set") || token.is("reset")) && i + 1 < end && isSetting(tokens.get(i + 1));
            if (setting || NOT_IN_CODE.contains(token.word)) {
                throw Refused.unproven(
                        "(" + token.word + ")",
                        "code that runs texts, or changes settings, cannot be followed",
                        "Leave it to a connection that the guard has no part in, such as that of a migration.");
            }
        }
        reach();
    }

    private static boolean isSetting(Token token) {
        return token.is("local") || token.is("session") || token.is("all") || DECIDING_SETTINGS.contains(token.key());
    }

    // ---- kinds of commands

    private boolean isPlain() {
        for (int i = start + 1; i < end; i++) {
            Token token = tokens.get(i);
            if (!token.isName() && !token.isMark(',') && token.kind != Kind.STRING) {
                return false;
            }
        }
        return true;
    }

    private void transaction(Token first) {
        reads = true;
        boolean toSavepoint = first.is("rollback") && contains("to");
        if (!toSavepoint && (first.is("commit") || first.is("end") || first.is("abort") || first.is("rollback"))) {
            effects.add(Effect.ENDS_TRANSACTION);
        }
    }

    // The driver prepares statements, and opens cursors, under names of its own for whoever comes next.
    private boolean namesDrivers() {
        for (int i = start + 1; i < end; i++) {
            if (tokens.get(i).isName() && tokens.get(i).text.matches("(?i)[sc]_\\d+")) {
                return true;
            }
        }
        return false;
    }

    private boolean isDynamic(Token first) {
        return (first.is("execute")
                                || first.is("fetch")
                                || first.is("move")
                                || first.is("close")
                                || first.is("deallocate"))
                        && namesDrivers()
                || first.is("execute") && dialect == SqlDialect.H2
                || first.is("copy") && contains("program")
                || contains("cascade")
                || first.is("prepare") && has(1) && token(1).is("transaction")
                || first.is("help") && dialect != SqlDialect.H2;
    }

    private void passing(Token first) {
        if (first.is("vacuum") || first.is("analyze")) {
            reads = true;
            if (tokens.subList(start, end).stream()
                    .allMatch(one -> one.isName()
                            || one.kind == Kind.NUMBER
                            || one.isMark('.')
                            || one.isMark(',')
                            || one.isMark('(')
                            || one.isMark(')'))) {
                return;
            }
        }
        reads |= first.is("show") || first.is("listen") || first.is("unlisten");
        reach();
        if (first.is("discard")) {
            effects.add(Effect.MOVES_NAMES);
        }
        if (first.is("call") || first.is("do")) {
            effects.add(Effect.ENDS_TRANSACTION);
        }
    }

    private void setting(Token first) {
        if (dialect == SqlDialect.H2) {
            h2Setting();
            return;
        }
        reads = true;
        int at = 1;
        boolean local = has(at) && token(at).is("local");
        if (has(at) && (local || token(at).is("session"))) {
            at++;
        }
        String name = has(at) ? token(at).key() : "";
        // SET SESSION AUTHORIZATION, and SET SESSION CHARACTERISTICS.
        if (DECIDING_SETTINGS.contains(name)
                || name.equals("local")
                || !has(at)
                || !token(at).isName()) {
            reads = false;
            throw Refused.unproven(
                    "(setting " + (name.isEmpty() ? "without a name" : name) + ")",
                    "it decides for whom statements run, or what their texts mean",
                    "Make it a setting of the database's role, or of the driver.");
        }
        boolean all = first.is("reset") && name.equals("all");
        if (all || name.equals("search_path") || name.equals("schema")) {
            effects.add(Effect.MOVES_NAMES);
        }
        reach();
    }

    private void h2Setting() {
        boolean variable = has(1) && token(1).isOperator("@");
        if (!variable && !(has(1) && H2_SETTINGS.contains(token(1).key()))) {
            effects.add(Effect.DEFINES);
            throw Refused.unproven(
                    "(setting " + token(1).text + ")",
                    "it changes the database for everybody",
                    "Leave it to the database's URL, or to a migration, which runs for no tenant.");
        }
        reach();
        reads = true;
        if (token(1).is("schema") || token(1).is("schema_search_path")) {
            effects.add(Effect.MOVES_NAMES);
        }
    }

    private void definition() {
        boolean temporary = false;
        int at = 1;
        while (has(at) && BEFORE_DEFINED.contains(token(at).word)) {
            temporary |= token(at).is("temp") || token(at).is("temporary");
            at++;
        }
        boolean view = token(at).is("view");
        boolean copies = !view && isQueryBehindAs() || token(at).is("materialized");
        // What hangs on it is not named.
        boolean hangs = contains("cascade")
                || !token(0).is("create")
                        && (token(at).is("schema")
                                || token(at).is("type")
                                || token(at).is("domain"));
        boolean theirs = DEFINED.contains(token(at).word)
                && !token(0).is("grant")
                && !token(0).is("revoke")
                && !hangs
                && !(contains("execute") && isQueryBehindAs());
        if (contains("rename") || contains("schema")) {
            effects.add(Effect.MOVES_NAMES);
        }
        try {
            reach();
        } catch (Refused refused) {
            if (!copies) {
                effects.add(Effect.DEFINES);
            }
            owner = null;
            throw copies
                    ? Refused.unproven(
                            "(schema)",
                            "it makes a table or view of what a query yields",
                            "Leave that to a migration, over a connection that the guard has no part in.")
                    : refused;
        }
        if (!theirs && !token(0).is("comment")) {
            effects.add(Effect.DEFINES);
            throw Refused.unproven(
                    "(schema)",
                    "it changes what the database does while a tenant is current",
                    "Leave that to a migration, which runs for no tenant.");
        }
        if (!temporary) {
            effects.add(Effect.ENDS_TRANSACTION);
        }
    }

    /**
     * Where the query begins of which a temporary table is made that no other session sees; -1 if it is anything else. Such a table
     * holds what its query yields, as if that had been inserted.
     */
    int ownCopy() {
        int at = 1;
        boolean temporary = false;
        boolean local = dialect == SqlDialect.POSTGRESQL;
        while (has(at) && BEFORE_DEFINED.contains(token(at).word)) {
            temporary |= token(at).is("temp") || token(at).is("temporary");
            local |= token(at).is("local");
            at++;
        }
        if (!token(0).is("create") || !temporary || !local || !token(at).is("table")) {
            return -1;
        }
        at++;
        while (has(at) && BEFORE_DEFINED.contains(token(at).word)) {
            at++;
        }
        if (!has(at) || !token(at).isName() || catalog.mayReach(token(at).name())) {
            return -1;
        }
        at++;
        if (has(at + 2) && token(at).is("on") && token(at + 1).is("commit")) {
            at += token(at + 2).is("drop") ? 3 : 4;
        }
        if (!has(at + 1) || !token(at).is("as") || token(at + 1).is("execute")) {
            return -1;
        }
        return start + at + 1;
    }

    private boolean isQueryBehindAs() {
        for (int i = start; i + 1 < end; i++) {
            if (tokens.get(i).is("as") && isQuery(i + 1)) {
                return true;
            }
        }
        return false;
    }

    private boolean isQuery(int position) {
        int at = position;
        while (at < end && tokens.get(at).isMark('(')) {
            at++;
        }
        return at < end
                && (tokens.get(at).is("select")
                        || tokens.get(at).is("with")
                        || tokens.get(at).is("values")
                        || tokens.get(at).is("table")
                        || tokens.get(at).is("execute"));
    }
}
