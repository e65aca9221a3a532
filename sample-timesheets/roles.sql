-- Once, as a superuser: psql -f roles.sql, with the two passwords in the environment. One role owns the tables and migrates them, the other
-- one works with their rows and is held by the policies.
\getenv owner_password TIMESHEETS_OWNER_PASSWORD
\getenv password TIMESHEETS_DATABASE_PASSWORD

create role tenancy_across nologin;
create role timesheets_owner login nosuperuser nobypassrls password :'owner_password';
create role timesheets login nosuperuser nobypassrls password :'password';
grant tenancy_across to timesheets with inherit false, set true;
create database timesheets owner timesheets_owner;
