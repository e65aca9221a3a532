package timesheets.access;

import dev.tenancy.Membership;
import dev.tenancy.Memberships;
import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Answers who is a member of which company. */
@Component
@Transactional(readOnly = true)
class Members implements Memberships {

    private final EntityManager entityManager;

    Members(EntityManager entityManager) {
        this.entityManager = entityManager;
    }

    @Override
    public Optional<Membership> find(String userId, String tenant) {
        return entityManager
                .createQuery("""
                        select m.company.id, m.role from CompanyMember m
                        where m.user.id = :user and (m.company.slug = :tenant or m.company.id = :id)""", Object[].class)
                .setParameter("user", UUID.fromString(userId))
                .setParameter("tenant", tenant)
                .setParameter("id", uuid(tenant))
                .getResultStream()
                .findFirst()
                .map(row -> new Membership(row[0], (String) row[1]));
    }

    private static @Nullable UUID uuid(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException slug) {
            return null;
        }
    }

    /** All memberships of a user, by the company's name. */
    List<CompanyMember> of(UUID userId) {
        return entityManager
                .createQuery(
                        "from CompanyMember m join fetch m.company c where m.user.id = :user order by c.name, c.id",
                        CompanyMember.class)
                .setParameter("user", userId)
                .getResultList();
    }
}
