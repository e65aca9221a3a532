package dev.tenancy.test.isolation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hibernate.persister.entity.EntityPersister;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.context.ApplicationContext;
import org.springframework.data.repository.core.RepositoryInformation;
import org.springframework.data.repository.core.support.RepositoryFactoryInformation;

/** The Spring Data repositories of owned entities, and those of others whose methods may touch owned rows. */
final class RepositoryPart implements Part {

    /** A repository as it is, and its bean. */
    record Repository(String name, RepositoryInformation information, EntityPersister entity, Object bean) {}

    private final ApplicationContext context;
    private final AttackedRows attacked;
    private final GivenArguments given;

    RepositoryPart(ApplicationContext context, AttackedRows attacked, GivenArguments given) {
        this.context = context;
        this.attacked = attacked;
        this.given = given;
    }

    @Override
    public String name() {
        return "repositories";
    }

    @Override
    public Stream<? extends Target> targets() {
        return repositories(context, attacked.mapping()).stream()
                .map(one -> new RepositoryTarget(one, context, attacked, given))
                .filter(target -> !target.methods().isEmpty());
    }

    /** Those over the session factory under attack, in the order of their names. */
    static List<Repository> repositories(ApplicationContext context, OwnedMapping mapping) {
        List<Repository> found = new ArrayList<>();
        for (String name : BeanFactoryUtils.beanNamesForTypeIncludingAncestors(
                context, RepositoryFactoryInformation.class, true, false)) {
            RepositoryInformation one =
                    context.getBean(name, RepositoryFactoryInformation.class).getRepositoryInformation();
            EntityPersister entity = mapping.entity(one.getDomainType());
            if (entity != null) {
                found.add(new Repository(
                        one.getRepositoryInterface().getSimpleName(),
                        one,
                        entity,
                        context.getBean(BeanFactoryUtils.transformedBeanName(name))));
            }
        }
        Set<String> several =
                found.stream()
                        .collect(Collectors.groupingBy(Repository::name, Collectors.counting()))
                        .entrySet()
                        .stream()
                        .filter(count -> count.getValue() > 1)
                        .map(java.util.Map.Entry::getKey)
                        .collect(Collectors.toSet());
        return found.stream()
                .map(one -> several.contains(one.name())
                        ? new Repository(
                                one.information().getRepositoryInterface().getName(),
                                one.information(),
                                one.entity(),
                                one.bean())
                        : one)
                .sorted(Comparator.comparing(Repository::name))
                .toList();
    }

    @Override
    public void end() {
        attacked.samples().removeShared();
    }
}
