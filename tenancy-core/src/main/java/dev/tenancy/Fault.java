package dev.tenancy;

/** The kinds of {@link Finding}; {@code docs/doctor.md} is this list, which a test compares. */
enum Fault {
    UNDECIDED(
            101,
            "An entity that is neither owned nor global, or both",
            "Its rows would be every tenant's by mistake.",
            "Extend TenantOwned, or give the root of the hierarchy a @TenantId attribute; or, if all tenants may see the rows,"
                    + " mark it with @GlobalEntity(reason = \"…\"). An entity of another library is declared by the setting"
                    + " tenancy.global-entities.<class or package> = <reason>."),
    TENANT_MISPLACED(
            102,
            "A @TenantId inside an @Id or an embeddable, in a secondary table, or on a formula",
            "Statements could not be restricted by it.",
            "Make the @TenantId an attribute of the entity itself, in a column of its first table, beside an id of its own."),
    TENANT_MUTABLE(
            103,
            "A tenant attribute that can be updated or be null",
            "Rows could be moved to another tenant, or belong to none.",
            "Map it with @TenantId @Column(nullable = false, updatable = false)."),
    CUSTOM_PERSISTER(
            104,
            "An owned entity with a persister of the application's own",
            "The restriction to the tenant is in the library's persisters.",
            "Remove the setting hibernate.persister.resolver."),
    CUSTOM_SQL(
            105,
            "@SQLInsert, @SQLUpdate, @SQLDelete, @SQLDeleteAll or @SQLSelect on an owned entity or its collection",
            "Hibernate runs such SQL as it is, without the tenant.",
            "Remove it: use @SoftDelete, @SQLRestriction, @HQLSelect or a trigger for what it does."),
    SUB_SELECT(
            106,
            "A sub-select on other than global tables in a @Formula, @ColumnTransformer, restriction or order",
            "Hibernate does not restrict SQL inside a mapping, so that it reads every tenant's rows.",
            "Remove it, and select the value with HQL or map the association."),
    ANY_REFERENCE(
            107,
            "An @Any or @ManyToAny that may point at an owned entity",
            "No foreign key can keep such a reference inside the tenant.",
            "Use one @ManyToOne for each owned target, or list global targets only with @AnyDiscriminatorValue."),
    HISTORY(
            108,
            "An owned entity or collection with @Audited (Hibernate's or Envers) or @Temporal",
            "Queries on the history show the revisions of every tenant.",
            "Remove the annotation, and keep the history in an owned entity of your own."),
    VIEW_OVER_OWNED(
            109,
            "A @Subselect, @View, @Synchronize or database view over owned tables, mapped as an entity",
            "Its rows are made of every tenant's, before a restriction is applied.",
            "Map the tables themselves and select with HQL."),
    LIBRARY_MISPLACED(
            110,
            "@LibraryRows on an entity that is not owned, or below the root of its hierarchy; or with an id that is none, or another"
                    + " than elsewhere",
            "It would not be clear whose rows every tenant reads.",
            "Put @LibraryRows(tenant = \"…\") at the root of an owned hierarchy, with the same id of a tenant everywhere."),
    LIBRARY_CACHED(
            111,
            "An entity, collection or natural id with rows that every tenant reads in the second-level cache",
            "The cache keeps what each tenant read for itself, so that the others would not see a change of the library.",
            "Remove @Cache, @Cacheable and @NaturalIdCache from the entity with @LibraryRows, and from its collections."),
    LIBRARY_REFERENCE(
            112,
            "An @OnDelete, or a collection of an entity that is not owned, that leads to rows which every tenant reads",
            "The database would change rows of all tenants with a row of the library, and links that are nobody's could not be"
                    + " told from the library's.",
            "Remove @OnDelete from the reference; map the links of the other entity as an owned entity."),
    NO_TENANT_COLUMN(
            201,
            "A table of an owned entity or its collections that has no tenant column",
            "Nothing in its rows says whose they are, for statements, keys and policies.",
            "alter table … add column tenant_id …, fill it from the owner's table, set it not null"),
    NULLABLE_TENANT(
            202,
            "A tenant column that can be null",
            "Such a row belongs to nobody: foreign keys and unique constraints do not hold it.",
            "alter table … alter column tenant_id set not null"),
    TENANT_TYPE(
            203,
            "A tenant column of another type than the @TenantId attribute",
            "Comparing them casts: the index is lost, and two tenants may become equal.",
            "alter table … alter column tenant_id set data type …"),
    UNIQUE_WITHOUT_TENANT(
            204,
            "A unique constraint or index on an owned table without the tenant column",
            "One tenant learns from a refused value that another tenant has it.",
            "alter table … drop constraint …; alter table … add constraint … unique (tenant_id, …)"),
    FOREIGN_KEY_WITHOUT_TENANT(
            205,
            "A foreign key between owned tables without the tenant column",
            "A row may refer to another tenant's row.",
            "alter table … add constraint … foreign key (tenant_id, x_id) references … (tenant_id, id)"),
    NO_TENANT_INDEX(
            206,
            "No index of an owned entity's table begins with the tenant column",
            "Each statement is restricted by the tenant; without the index it reads every tenant's rows.",
            "create index … on … (tenant_id, …)"),
    UNMAPPED_TABLE(
            207,
            "A table with a tenant column that no entity maps",
            "Statements on it are not known to be an owned entity's.",
            "Map it, move it to another schema, or drop it."),
    FOREIGN_KEY_TO_OWN_ONLY(
            208,
            "A foreign key with the tenant column to a table with rows that every tenant reads",
            "A row could refer to rows of its own tenant only, and not to the library's.",
            "alter table … drop constraint …; alter table … add constraint … foreign key (x_id) references … (id)"),
    HIBERNATE_TOO_OLD(
            301,
            "Hibernate older than 7.2, or of a version that cannot be read",
            "The isolation cannot be put into older versions: rows would be read and written without the tenant.",
            "Use hibernate-core 7.2 or a later 7.x, which Spring Boot manages from 4.0.1 on; in a repackaged jar, keep"
                    + " Implementation-Version of its manifest."),
    HIBERNATE_TOO_NEW(
            302,
            "Hibernate 8 or later",
            "It brings policies of its own, which must not be doubled, and changed the SPI that the isolation is built on.",
            "Use hibernate-core 7.2 or a later 7.x, such as Spring Boot 4.1 manages."),
    NOT_GUARDED(
            303,
            "A data source that hands out connections without a guard",
            "Plain SQL over it reaches every tenant's rows.",
            "Let Spring make it, as a bean that no BeanPostProcessor needs; wrap one that is registered as an instance with"
                    + " TenantIsolation.guard first. If no tenant has a part in it, leave it out by its name, with a reason:"
                    + " tenancy.data-sources.unguarded.…"),
    NOTHING_KNOWN(
            304,
            "A data source over which no session factory is built, to a database with tenant columns that nobody maps",
            "Its guard cannot tell which statements keep to a tenant.",
            "Map the tables in a session factory over this data source (TenantIsolation.applyTo). If they are another"
                    + " application's, leave the data source out by its name, with a reason: tenancy.data-sources.unguarded.…"),
    NOT_ISOLATED(
            305,
            "A session factory without the isolation that maps owned entities, or reaches their tables",
            "Its sessions read and write every tenant's rows.",
            "Call TenantIsolation.applyTo(settings) before it is built. Spring Boot's EntityManagerFactoryBuilder brings the settings"
                    + " along; a LocalContainerEntityManagerFactoryBean of your own takes them with setJpaPropertyMap."),
    LEFT_OUT(
            306,
            "A data source that is left out of the guard, and reaches tables of owned entities",
            "Plain SQL over it reaches every tenant's rows.",
            "Remove the setting tenancy.data-sources.unguarded.… of its name, or give it a database of its own."),
    UNKNOWN_DATABASE(
            307,
            "A session factory with owned entities on a database other than PostgreSQL and H2",
            "Its SQL, schema and policies were not checked: the guard reads statements as PostgreSQL and H2 do, and what another"
                    + " database reads differently would pass by it.",
            "Keep the tables of owned entities in PostgreSQL or H2. Global entities may stay in the other database, in a session"
                    + " factory of their own."),
    NAMED_STATEMENTS(
            308,
            "A pooler that gives each transaction another session of the database, such as pgbouncer with pool_mode = transaction,"
                    + " below a driver that prepares statements by name",
            "What one session has prepared is not in the next, or is another statement there: requests fail by chance.",
            "Set prepareThreshold=0 in the address (jdbc:postgresql://…/…?prepareThreshold=0), or have pgbouncer 1.21 or later"
                    + " keep them: max_prepared_statements = 200."),
    ROLE_BYPASSES(
            401,
            "A database role that bypasses row-level security: superuser or BYPASSRLS, or the owner without FORCE",
            "The policies are there, and hold nothing back.",
            "Connect as a role that is neither: create role … login nosuperuser nobypassrls; alter table … force row level"
                    + " security"),
    NO_POLICY(
            402,
            "An owned table without the policy tenancy_isolation, or without tenancy_library where every tenant reads rows of it,"
                    + " while others have row-level security",
            "The second wall has a gap, or hides rows that are everybody's to read.",
            "Print the SQL with TenantIsolation.rowLevelSecurity(factory) and add it to a migration."),
    WRONG_POLICY(
            403,
            "A policy on an owned table that is not what the mapping asks for",
            "Permissive policies add up: one that lets rows through undoes the others, and one that casts the column loses"
                    + " the index.",
            "drop policy … on …; then print the SQL with TenantIsolation.rowLevelSecurity(factory) and add it to a migration"),
    TRUNCATE_GRANTED(
            404,
            "A role that may TRUNCATE an owned table under row-level security",
            "TRUNCATE is not subject to policies: it removes every tenant's rows.",
            "revoke truncate on … from …"),
    ACROSS_INHERITED(
            405,
            "A role that inherits tenancy_across",
            "The policy that lets acrossTenants read every tenant's rows then applies to each statement.",
            "grant tenancy_across to … with inherit false, set true"),
    CANARY(
            501,
            "A tenant that does not exist sees rows of an owned entity",
            "The isolation does not work, whatever the reason.",
            "Do not go live: report it with the entity's mapping and the settings of the session factory."),
    SETTINGS_NOT_CARRIED(
            601,
            "A coordinator of Citus that keeps SET LOCAL to itself",
            "Its workers would not learn whose rows a transaction is for, so that their policies refuse each statement.",
            "alter database … set citus.propagate_set_commands = 'local'"),
    NOT_DISTRIBUTED(
            602,
            "An owned table that Citus does not distribute by the tenant",
            "All its rows stay on one node, or statements of one tenant ask every node.",
            "select create_distributed_table('…', 'tenant_id', colocate_with => '…')"),
    NOT_COLOCATED(
            603,
            "An owned table that Citus distributes apart from the others",
            "The rows of one tenant are on several nodes: joins and foreign keys between them fail.",
            "outside of a transaction: select alter_distributed_table('…', colocate_with => '…', cascade_to_colocated => true)"),
    NOT_A_REFERENCE_TABLE(
            604,
            "A global table that owned rows refer to, and that is no reference table of Citus",
            "Each node needs its rows to check the reference, and to join them.",
            "select create_reference_table('…')"),
    ACROSS_CANNOT_LOG_IN(
            605,
            "A worker of Citus on which the role tenancy_across may not log in",
            "Citus connects to its workers as the role that was set, so that acrossTenants fails there.",
            "alter role tenancy_across login, on every node and without a password; pg_hba.conf of the workers admits it from the coordinator"
                    + " alone"),
    GLOBAL_REFERS_TO_OWNED(
            606,
            "A foreign key from a global table to an owned one, on Citus",
            "The owned table cannot be distributed: no node has all rows that such a key could lead to.",
            "alter table … drop constraint …, and turn the reference round or let the table be owned too"),
    NOT_ROUTABLE(
            607,
            "A mapping with rows in another shard than the tenant's, or with statements that Citus refuses",
            "Reads would ask several nodes, joins and some updates fail.",
            "Keep rows that every tenant reads in a @GlobalEntity beside it; map a secondary table's columns to the entity's own, or add"
                    + " @SecondaryRow(table = \"…\", optional = false)");

    private final int number;
    final String what;
    final String reason;
    final String remedy;

    Fault(int number, String what, String reason, String remedy) {
        this.number = number;
        this.what = what;
        this.reason = reason;
        this.remedy = remedy;
    }

    String id() {
        return "TENANCY-" + number;
    }

    Finding found(String subject, String problem) {
        return found(subject, problem, remedy);
    }

    Finding found(String subject, String problem, String mend) {
        return new Finding(id(), subject, problem, reason, mend);
    }
}
