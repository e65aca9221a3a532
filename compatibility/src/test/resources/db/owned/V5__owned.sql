alter table note add column by_flyway text;
