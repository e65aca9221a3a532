package dev.tenancy.test.isolation;

import dev.tenancy.test.isolation.SampleRows.Row;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.generator.BeforeExecutionGenerator;
import org.hibernate.generator.EventType;
import org.hibernate.generator.Generator;
import org.hibernate.generator.OnExecutionGenerator;
import org.hibernate.id.IncrementGenerator;
import org.hibernate.id.OptimizableGenerator;
import org.hibernate.id.enhanced.Optimizer;

/**
 * Tells from the ids of one's own rows how many rows another stores. Ids that are counted for all tenants together do tell: what lies
 * between two of one's own are those of others. Hibernate takes ids of a sequence in blocks, for each tenant its own: then the others'
 * blocks lie between two of one's own, which tells of each so many rows.
 */
final class VolumeAttack {

    private static final String PATH = "volume by id";

    private final RowTrials trials;
    private final Generator generator;

    VolumeAttack(RowTrials trials) {
        this.trials = trials;
        this.generator = trials.concrete().getGenerator();
    }

    /** Only where ids are counted. */
    /** @param made a row that is there */
    void add(Row made) {
        boolean counts = generator instanceof OnExecutionGenerator
                || generator instanceof OptimizableGenerator
                || generator instanceof IncrementGenerator;
        if (counts && made.id() instanceof Number) {
            trials.add(PATH, row -> measure());
        }
    }

    private void measure() {
        // Each tenant has its first block.
        gap(trials.tenants().attacker(), 1);
        long few = gap(trials.tenants().attacker(), 1);
        long many = gap(trials.tenants().attacker(), 4);
        if (few != many) {
            throw Unproven.leak(trials.name() + ", " + PATH + ": the ids of another tenant's rows lie " + few
                    + " apart after the owner has taken " + block() + ", and " + many + " after " + 4 * block()
                    + ". So they tell how many rows the owner stores: its ids are counted for all tenants together."
                    + " Take @UuidGenerator(style = VERSION_7), or list \"" + trials.name() + ", " + PATH
                    + "\" in notProven() with a reason.");
        }
        trials.met("gaps of " + few + ", whatever the owner stores");
        if (gap(trials.tenants().owner(), 1) == gap(trials.tenants().owner(), 4)) {
            throw trials.unproven(PATH, "not even its owner's own ids tell how many rows it has stored");
        }
    }

    /** How far two ids lie apart if the owner takes some blocks between. */
    private long gap(Object observer, int blocks) {
        long before = take(observer, 1);
        take(trials.tenants().owner(), blocks * block());
        // As many as surely begin a block.
        return take(observer, block()) - before;
    }

    private int block() {
        if (generator instanceof OptimizableGenerator counted) {
            Optimizer optimizer = counted.getOptimizer();
            return optimizer == null ? 1 : Math.max(1, optimizer.getIncrementSize());
        }
        return 1;
    }

    /** The last of so many ids. */
    private long take(Object tenant, int count) {
        long last = 0;
        for (int i = 0; i < count; i++) {
            last = generator instanceof BeforeExecutionGenerator before ? next(before, tenant) : stored(tenant);
        }
        return last;
    }

    private long stored(Object tenant) {
        return ((Number) trials.store(tenant, made -> {}).id()).longValue();
    }

    // As a row would get it, without the row.
    private long next(BeforeExecutionGenerator before, Object tenant) {
        Object id = trials.rows()
                .as(
                        tenant,
                        session -> before.generate(
                                (SharedSessionContractImplementor) session, new Object(), null, EventType.INSERT));
        return ((Number) id).longValue();
    }
}
