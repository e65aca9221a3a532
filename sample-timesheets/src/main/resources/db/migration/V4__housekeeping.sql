-- A spent token is kept until its session's end. Whoever ends sessions looks for the few that are not spent, however many are.
drop index refresh_token_family;
drop index refresh_token_user;
create index refresh_token_family on refresh_token (family, used);
create index refresh_token_user on refresh_token (user_id, used);
create index refresh_token_expires_at on refresh_token (expires_at);

-- Of ShedLock: one node at a time does what is scheduled.
create table shedlock (
    name varchar(64) primary key,
    lock_until timestamp not null,
    locked_at timestamp not null,
    locked_by varchar(255) not null
);

-- How often somebody guessed, by a hash of who it was. On PostgreSQL all nodes count together here; elsewhere it stays empty.
create table attempt_count (
    id varchar(64) primary key,
    state bytea,
    expires_at bigint,
    counted_at bigint
);
create index attempt_count_expires_at on attempt_count (expires_at);
