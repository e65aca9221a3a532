-- How often somebody guessed, by a hash of who it was: all nodes count together.
create table attempt_count (
    id varchar(64) primary key,
    state bytea,
    expires_at bigint,
    counted_at bigint
);
create index attempt_count_expires_at on attempt_count (expires_at);
grant select, insert, update, delete on attempt_count to "${application}";
