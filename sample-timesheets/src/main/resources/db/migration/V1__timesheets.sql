-- Global tables: who may act for which company is asked before a company is current.

create table company (
    id uuid primary key,
    slug varchar(63) not null unique,
    name varchar(200) not null,
    status varchar(20) not null check (status in ('ACTIVE', 'SUSPENDED'))
);

create table app_user (
    id uuid primary key,
    email varchar(254) not null unique,
    name varchar(200) not null,
    password_hash varchar(200) not null,
    default_company_id uuid references company,
    sessions_ended_at timestamp with time zone
);

create table company_member (
    id uuid primary key,
    user_id uuid not null references app_user,
    company_id uuid not null references company,
    role varchar(30) not null,
    status varchar(20) not null check (status in ('ACTIVE', 'SUSPENDED')),
    unique (user_id, company_id)
);
create index company_member_company on company_member (company_id);

create table refresh_token (
    id uuid primary key,
    token_hash varchar(64) not null unique,
    family uuid not null,
    user_id uuid not null references app_user,
    company_id uuid not null references company,
    expires_at timestamp with time zone not null,
    used boolean not null
);
create index refresh_token_family on refresh_token (family);
create index refresh_token_user on refresh_token (user_id);

create table registration (
    id uuid primary key,
    token_hash varchar(64) not null unique,
    email varchar(254) not null,
    company varchar(200) not null,
    expires_at timestamp with time zone not null
);
create index registration_expires_at on registration (expires_at);

-- Owned tables: every key begins with the tenant, so that a row can refer only to rows of its own company, whoever writes it.

create table invitation (
    tenant_id uuid not null references company,
    id uuid not null,
    version bigint not null,
    email varchar(254) not null,
    role varchar(30) not null,
    token_hash varchar(64) not null,
    expires_at timestamp with time zone not null,
    primary key (tenant_id, id),
    unique (tenant_id, email),
    unique (tenant_id, token_hash)
);
create index invitation_expires_at on invitation (tenant_id, expires_at, id);

create table customer (
    tenant_id uuid not null references company,
    id uuid not null,
    version bigint not null,
    name varchar(200) not null,
    email varchar(254),
    primary key (tenant_id, id),
    unique (tenant_id, name)
);
create index customer_email on customer (tenant_id, email, id);

create table project (
    tenant_id uuid not null references company,
    id uuid not null,
    version bigint not null,
    name varchar(200) not null,
    customer_id uuid not null,
    status varchar(20) not null,
    primary key (tenant_id, id),
    unique (tenant_id, customer_id, name),
    foreign key (tenant_id, customer_id) references customer (tenant_id, id)
);
create index project_name on project (tenant_id, name, id);
create index project_status on project (tenant_id, status, id);

create table time_entry (
    tenant_id uuid not null references company,
    id uuid not null,
    version bigint not null,
    project_id uuid not null,
    user_id uuid not null references app_user,
    worked_on date not null,
    minutes integer not null check (minutes between 1 and 1440),
    description varchar(1000),
    billable boolean not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, project_id) references project (tenant_id, id)
);
-- An index serves a list if it begins with the tenant and ends with the id: then a page is read in its order, and rows are counted without
-- the table.
create index time_entry_project on time_entry (tenant_id, project_id, id);
create index time_entry_user on time_entry (tenant_id, user_id, id);
create index time_entry_user_date on time_entry (tenant_id, user_id, worked_on);
create index time_entry_date on time_entry (tenant_id, worked_on, id);
create index time_entry_minutes on time_entry (tenant_id, minutes, id);
create index time_entry_billable on time_entry (tenant_id, billable, id);
