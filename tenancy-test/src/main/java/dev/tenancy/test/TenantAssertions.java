package dev.tenancy.test;

/**
 * Where assertions about what a tenant reaches begin. They need AssertJ, which Spring's test starters bring.
 *
 * <pre>
 * import static dev.tenancy.test.TenantAssertions.assertThatTenant;
 *
 * assertThatTenant(GLOBEX).cannotSee(invoice);
 * </pre>
 */
public final class TenantAssertions {

    private TenantAssertions() {}

    /**
     * Begins an assertion about a tenant.
     *
     * @param tenant its id, as the entities have it (UUID, Long or String), or the text of one, as in {@link WithTenant}
     */
    public static TenantAssert assertThatTenant(Object tenant) {
        return new TenantAssert(tenant);
    }
}
