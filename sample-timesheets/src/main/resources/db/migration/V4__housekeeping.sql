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
