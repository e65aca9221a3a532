package dev.tenancy.test.isolation;

import dev.tenancy.test.isolation.OwnedMapping.Owned;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.hibernate.metamodel.RepresentationMode;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/** All that the second tenant tries on the rows of one entity of the first. */
final class DataAttack implements Target {

    private final Owned entity;
    private final OwnedMapping mapping;
    private final SampleRows rows;
    private final Tenants tenants;
    private @Nullable RowTrials trials;

    DataAttack(Owned entity, OwnedMapping mapping, SampleRows rows, Tenants tenants) {
        this.entity = entity;
        this.mapping = mapping;
        this.rows = rows;
        this.tenants = tenants;
    }

    @Override
    public String name() {
        return entity.name();
    }

    // Without a row, there is nothing to attack.
    @Override
    public Stream<Attack> attacks() {
        return Stream.<Supplier<Stream<Attack>>>of(
                        () -> Stream.of(Attack.preparing("instance", () -> {
                            try {
                                prepare();
                            } catch (Unproven impossible) {
                                rows.tell(name());
                                throw impossible;
                            }
                            return Shown.proven("stored, and found by its owner");
                        })),
                        () -> trials == null ? Stream.empty() : trials.attacks())
                .flatMap(Supplier::get);
    }

    private void prepare() {
        RowTrials prepared = new RowTrials(entity, attackable(), mapping, rows, tenants);
        prepared.withRow(row -> {
            if (!prepared.has(tenants.owner(), row)) {
                throw new Unproven("not proven: " + name() + ": its owner does not find the row that was stored for it."
                        + " Does the row that was made look deleted or hidden? Then give another in rows().");
            }
            ReadAttacks reads = new ReadAttacks(prepared);
            reads.add();
            new LinkAttacks(prepared).add(row);
            new WriteAttacks(prepared).add(row);
            new UniquenessAttacks(prepared).add();
            new VolumeAttack(prepared).add(row);
            reads.addNativeSql();
            reads.addNoTenant();
        });
        trials = prepared;
    }

    private EntityPersister attackable() {
        if (entity.persister().getRepresentationStrategy().getMode() != RepresentationMode.POJO) {
            throw new Unproven(
                    "not proven: " + name() + ": it is mapped without a class, and rows of maps are not made."
                            + " Map it to a class, or list it in notProven() with a reason.");
        }
        EntityPersister concrete = entity.concrete();
        if (concrete == null) {
            throw new Unproven(
                    "not proven: " + name() + ": it is abstract, and no entity extends it, so that it has no rows."
                            + " Make it a @MappedSuperclass, or list it in notProven() with a reason.");
        }
        return concrete;
    }
}
