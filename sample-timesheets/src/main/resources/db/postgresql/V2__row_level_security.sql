-- For PostgreSQL alone. Up to the last part it is what TenantIsolation.rowLevelSecurity gives; a test compares the two.

alter table customer enable row level security;
alter table customer force row level security;
drop policy if exists tenancy_isolation on customer;
create policy tenancy_isolation on customer for all using (tenant_id = current_setting('app.tenant')::uuid) with check (tenant_id = current_setting('app.tenant')::uuid);
drop policy if exists tenancy_across on customer;
create policy tenancy_across on customer for select to tenancy_across using (true);

alter table invitation enable row level security;
alter table invitation force row level security;
drop policy if exists tenancy_isolation on invitation;
create policy tenancy_isolation on invitation for all using (tenant_id = current_setting('app.tenant')::uuid) with check (tenant_id = current_setting('app.tenant')::uuid);
drop policy if exists tenancy_across on invitation;
create policy tenancy_across on invitation for select to tenancy_across using (true);

alter table project enable row level security;
alter table project force row level security;
drop policy if exists tenancy_isolation on project;
create policy tenancy_isolation on project for all using (tenant_id = current_setting('app.tenant')::uuid) with check (tenant_id = current_setting('app.tenant')::uuid);
drop policy if exists tenancy_across on project;
create policy tenancy_across on project for select to tenancy_across using (true);

alter table time_entry enable row level security;
alter table time_entry force row level security;
drop policy if exists tenancy_isolation on time_entry;
create policy tenancy_isolation on time_entry for all using (tenant_id = current_setting('app.tenant')::uuid) with check (tenant_id = current_setting('app.tenant')::uuid);
drop policy if exists tenancy_across on time_entry;
create policy tenancy_across on time_entry for select to tenancy_across using (true);

-- The application owns its tables here: forced, the policies hold the owner too, but not its TRUNCATE.
revoke truncate on customer, invitation, project, time_entry from current_user;
grant select on customer, invitation, project, time_entry to tenancy_across;
