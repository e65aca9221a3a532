package timesheets.access;

import dev.tenancy.Membership;
import dev.tenancy.Memberships;
import dev.tenancy.Roles;
import dev.tenancy.spring.Problem;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.server.ResponseStatusException;

/** Answers who is a member of which company, and changes it. */
@Component
@Transactional(readOnly = true)
class Members implements Memberships {

    private final EntityManager entityManager;
    private final RefreshTokenTable refreshTokens;
    private final Roles roles;

    Members(EntityManager entityManager, RefreshTokenTable refreshTokens, Roles roles) {
        this.entityManager = entityManager;
        this.refreshTokens = refreshTokens;
        this.roles = roles;
    }

    @Override
    public Optional<Membership> find(String userId, String tenant) {
        UUID user = uuid(userId);
        if (user == null) {
            return Optional.empty();
        }
        return entityManager
                .createQuery("""
                        select c.id, m.role, m.status, c.status from CompanyMember m join m.company c
                        where m.user.id = :user and (c.slug = :tenant or c.id = :id)""", Found.class)
                .setParameter("user", user)
                .setParameter("tenant", tenant)
                .setParameter("id", uuid(tenant))
                .getResultStream()
                .findFirst()
                .map(found -> new Membership(found.companyId(), found.role(), found.status()));
    }

    private record Found(UUID companyId, String role, CompanyMember.Status member, Company.Status company) {

        // In this order: that a company is suspended is its members' business, and who may not act is told nothing.
        Membership.Status status() {
            if (member != CompanyMember.Status.ACTIVE) {
                return Membership.Status.SUSPENDED;
            }
            return company == Company.Status.ACTIVE ? Membership.Status.ACTIVE : Membership.Status.TENANT_SUSPENDED;
        }
    }

    @Override
    public Optional<String> preferred(String userId) {
        return Optional.ofNullable(uuid(userId))
                .flatMap(user -> entityManager
                        .createQuery("select defaultCompany.id from User where id = :user", UUID.class)
                        .setParameter("user", user)
                        .getResultStream()
                        .findFirst())
                .map(UUID::toString);
    }

    static @Nullable UUID uuid(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException slug) {
            return null;
        }
    }

    /** The membership of somebody who is not suspended; the company may be, as whoever acts for it will be told. */
    Optional<Membership> active(UUID userId, String tenant) {
        return find(userId.toString(), tenant).filter(found -> found.status() != Membership.Status.SUSPENDED);
    }

    /** All memberships of a user, by the company's name, but those that are suspended. */
    List<CompanyMember> of(UUID userId) {
        return entityManager
                .createQuery("""
                        select m from CompanyMember m join fetch m.company c
                        where m.user.id = :user and m.status = ACTIVE order by c.name, c.id""", CompanyMember.class)
                .setParameter("user", userId)
                .getResultList();
    }

    // From here on the company is a parameter of each query: users are global, so the wall does not stand around
    // members.

    /** A page of a company's members, by their address. */
    List<CompanyMember> in(UUID companyId, int page, int size) {
        return entityManager
                .createQuery(
                        "select m from CompanyMember m join fetch m.user u where m.company.id = :company order by u.email",
                        CompanyMember.class)
                .setParameter("company", companyId)
                .setFirstResult(page * size)
                .setMaxResults(size)
                .getResultList();
    }

    long count(UUID companyId) {
        return entityManager
                .createQuery("select count(*) from CompanyMember where company.id = :company", Long.class)
                .setParameter("company", companyId)
                .getSingleResult();
    }

    Optional<CompanyMember> find(UUID companyId, UUID userId) {
        return entityManager
                .createQuery("""
                        select m from CompanyMember m join fetch m.user
                        where m.company.id = :company and m.user.id = :user""", CompanyMember.class)
                .setParameter("company", companyId)
                .setParameter("user", userId)
                .getResultStream()
                .findFirst();
    }

    boolean isMember(UUID companyId, String email) {
        return entityManager
                        .createQuery(
                                "select count(*) from CompanyMember where company.id = :company and user.email = :email",
                                Long.class)
                        .setParameter("company", companyId)
                        .setParameter("email", User.normalized(email))
                        .getSingleResult()
                > 0;
    }

    /** In the caller's transaction. A member who is there already keeps their role. */
    @Transactional(propagation = Propagation.MANDATORY)
    CompanyMember add(Company company, User user, String role) {
        if (user.prefersNone()) {
            user.prefer(company);
        }
        return find(company.id(), user.id()).orElseGet(() -> {
            CompanyMember member = new CompanyMember(user, company, role);
            entityManager.persist(member);
            return member;
        });
    }

    /**
     * Gives a member another role.
     *
     * @throws ResponseStatusException with status 404 if there is no such member, 403 if the role of the member or the new one is
     *     above the caller's, 409 if nobody would be an owner any more
     */
    @Transactional
    CompanyMember changeRole(UUID companyId, UUID callerId, @Nullable UUID userId, String role) {
        lock(companyId);
        CompanyMember caller = member(companyId, callerId);
        mustInclude(caller, "ADMIN");
        CompanyMember member = member(companyId, userId);
        mustInclude(caller, member.role());
        mustInclude(caller, role);
        if (!role.equals(CompanyMember.OWNER)) {
            mustNotBeTheLastOwner(member);
        }
        member.become(role);
        return member;
    }

    /** Removes a member, or lets the caller leave; refuses like {@link #changeRole}. */
    @Transactional
    void remove(UUID companyId, UUID callerId, @Nullable UUID userId) {
        Company company = lock(companyId);
        CompanyMember caller = member(companyId, callerId);
        if (!callerId.equals(userId)) {
            mustInclude(caller, "ADMIN");
        }
        CompanyMember member = member(companyId, userId);
        mustInclude(caller, member.role());
        mustNotBeTheLastOwner(member);
        refreshTokens.endAll(member.user().id(), companyId);
        member.user().leave(company);
        entityManager.remove(member);
    }

    // One change of a company's members at a time, and what it goes by is read afterwards: two owners who remove each
    // other at the same time would otherwise both succeed. The caller's role is read again for the same reason.
    private Company lock(UUID companyId) {
        return entityManager.find(Company.class, companyId, LockModeType.PESSIMISTIC_WRITE);
    }

    private CompanyMember member(UUID companyId, @Nullable UUID userId) {
        return Optional.ofNullable(userId)
                .flatMap(user -> find(companyId, user))
                .orElseThrow(Problem::missing);
    }

    private void mustInclude(CompanyMember caller, String role) {
        if (!roles.includes(caller.role(), role)) {
            throw Problem.forbidden();
        }
    }

    private void mustNotBeTheLastOwner(CompanyMember member) {
        long others = entityManager
                .createQuery("""
                        select count(*) from CompanyMember
                        where company = :company and role = 'OWNER' and status = ACTIVE and id <> :id""", Long.class)
                .setParameter("company", member.company())
                .setParameter("id", member.id())
                .getSingleResult();
        if (member.isActiveOwner() && others == 0) {
            throw new ResponseStatusException(
                    HttpStatus.CONFLICT, "A company keeps one owner at least. Make somebody else an owner first.");
        }
    }
}
