package dev.tenancy.test.isolation;

import dev.tenancy.test.isolation.QueryPart.Text;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.springframework.context.ApplicationContext;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.data.jpa.repository.Query;

/** The native queries of Spring Data repositories. */
final class RepositoryQueries {

    private RepositoryQueries() {}

    static List<Text> of(ApplicationContext context, OwnedMapping mapping) {
        List<Text> texts = new ArrayList<>();
        for (RepositoryPart.Repository repository : RepositoryPart.repositories(context, mapping)) {
            String entity = mapping.factory()
                    .getJpaMetamodel()
                    .entity(repository.entity().getEntityName())
                    .getName();
            for (Method method : repository.information().getQueryMethods()) {
                Query query = AnnotatedElementUtils.findMergedAnnotation(method, Query.class);
                if (query != null && query.nativeQuery()) {
                    String name = "native: " + method.getName();
                    // One for each of several methods with the name.
                    String shown = texts.stream()
                                    .anyMatch(text -> text.target().equals(repository.name())
                                            && text.name().equals(name))
                            ? name + " of " + method.getParameterCount()
                            : name;
                    add(texts, repository.name(), shown, query.value(), entity);
                    add(texts, repository.name(), shown + " (count query)", query.countQuery(), entity);
                }
            }
        }
        return texts;
    }

    private static void add(List<Text> texts, String target, String name, String sql, String entity) {
        if (!sql.isEmpty()) {
            texts.add(new Text(target, name, sql.replace("#{#entityName}", entity)));
        }
    }
}
