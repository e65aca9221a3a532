package dev.tenancy.test.isolation;

import java.util.stream.Stream;

/** The entities that tenants own. */
final class EntityPart implements Part {

    private final OwnedMapping mapping;
    private final SampleRows rows;
    private final Tenants tenants;

    EntityPart(OwnedMapping mapping, SampleRows rows, Tenants tenants) {
        this.mapping = mapping;
        this.rows = rows;
        this.tenants = tenants;
    }

    @Override
    public String name() {
        return "entities";
    }

    @Override
    public Stream<Target> targets() {
        return mapping.owned().stream().map(entity -> new DataAttack(entity, mapping, rows, tenants));
    }

    @Override
    public void end() {
        rows.removeShared();
    }
}
