-- For a cluster of Citus alone, and before the policies: forced, they keep the owner from the rows that it would spread. It is what
-- TenantIsolation.distribution gives; a test compares the two. The last three stay on the coordinator.

set local citus.enable_local_reference_table_foreign_keys = off;
select create_reference_table('company');
select create_reference_table('app_user');
select create_distributed_table('customer', 'tenant_id', colocate_with => 'none');
select create_distributed_table('invitation', 'tenant_id', colocate_with => 'customer');
select create_distributed_table('project', 'tenant_id', colocate_with => 'customer');
select create_distributed_table('time_entry', 'tenant_id', colocate_with => 'customer');
set local citus.enable_local_reference_table_foreign_keys = on;
select citus_add_local_table_to_metadata('company_member', cascade_via_foreign_keys => true);
select citus_add_local_table_to_metadata('refresh_token', cascade_via_foreign_keys => true);
select citus_add_local_table_to_metadata('registration', cascade_via_foreign_keys => true);
