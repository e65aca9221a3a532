package dev.tenancy.test.isolation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.security.web.FilterChainProxy;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;

/**
 * Tokens against forged requests, got as a browser gets them: from the hidden field of a form, or from a cookie. Without one, what is
 * written is refused whoever sends it, which proves nothing.
 */
final class CsrfTokens {

    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS", "TRACE");
    private static final Pattern ELEMENT = Pattern.compile("<(?:input|meta)\\b[^>]*>", Pattern.CASE_INSENSITIVE);
    private static final Pattern NAMED = Pattern.compile("\\bname=[\"']_csrf[\"']", Pattern.CASE_INSENSITIVE);
    private static final Pattern VALUE =
            Pattern.compile("\\b(?:value|content)=[\"']([^\"']+)[\"']", Pattern.CASE_INSENSITIVE);
    private static final String COOKIE = "XSRF-TOKEN";

    private final ApplicationContext context;
    private final HttpCalls http;
    // Of a session, once.
    private final Map<Map<String, String>, Map<String, String>> known = new ConcurrentHashMap<>();

    CsrfTokens(ApplicationContext context, HttpCalls http) {
        this.context = context;
        this.http = http;
    }

    /** Whether the application may have refused a request since it came without a token. */
    boolean isAskedFor(Request request, Map<String, String> credential) {
        Set<String> headers = new LinkedHashSet<>();
        credential.keySet().forEach(name -> headers.add(name.toLowerCase(Locale.ROOT)));
        return !READING.contains(request.method)
                && !headers.contains("authorization")
                && headers.stream().noneMatch(name -> name.contains("csrf") || name.contains("xsrf"))
                && ClassUtils.isPresent("org.springframework.security.web.csrf.CsrfFilter", null)
                && Chains.ask(context, request.path);
    }

    /** What there is without Spring Security is not loaded. */
    private static final class Chains {

        static boolean ask(ApplicationContext context, String path) {
            return context.getBeansOfType(FilterChainProxy.class).values().stream()
                    .anyMatch(chains -> {
                        List<?> filters = chains.getFilters(path);
                        return filters != null && filters.stream().anyMatch(CsrfFilter.class::isInstance);
                    });
        }
    }

    /** The credential with a token; of nobody, with the session of somebody who has not signed in. */
    Map<String, String> with(Request request, Map<String, String> credential) {
        Map<String, String> there = known.get(credential);
        if (there != null) {
            return there;
        }
        for (String page : pages()) {
            Map<String, String> found = of(http.send(new Request("GET", page), credential), credential);
            if (found != null) {
                known.put(credential, found);
                return found;
            }
        }
        throw new Unproven("not proven: " + request.method + " " + request.path
                + " is refused without a CSRF token, whoever sends it, and no page shows one: neither a hidden field _csrf nor"
                + " a cookie " + COOKIE + ", at " + pages()
                + ". Return the token from signIn(), as X-CSRF-TOKEN beside the Cookie; switch the protection off for what is"
                + " not called by browsers; or list the attack in notProven().");
    }

    private static @Nullable Map<String, String> of(Answer answer, Map<String, String> credential) {
        Map<String, String> cookies = answer.cookies();
        String token = cookies.get(COOKIE);
        Matcher element = ELEMENT.matcher(answer.body());
        while (element.find()) {
            Matcher value = VALUE.matcher(element.group());
            if (NAMED.matcher(element.group()).find() && value.find()) {
                // Of the two, the one that a form sends.
                token = value.group(1);
                break;
            }
        }
        if (token == null) {
            return null;
        }
        Map<String, String> with = new LinkedHashMap<>(credential);
        List<String> all = new ArrayList<>();
        if (credential.containsKey("Cookie")) {
            all.add(credential.get("Cookie"));
        }
        cookies.forEach((name, text) -> all.add(name + "=" + text));
        if (!all.isEmpty()) {
            with.put("Cookie", String.join("; ", all));
        }
        with.put("X-CSRF-TOKEN", token);
        with.put("X-XSRF-TOKEN", token);
        return with;
    }

    /** Those that take no variable: any form will do. */
    private Set<String> pages() {
        Set<String> pages = new LinkedHashSet<>(List.of("/login", "/"));
        for (RequestMappingInfoHandlerMapping mapping :
                context.getBeansOfType(RequestMappingInfoHandlerMapping.class).values()) {
            for (RequestMappingInfo info : mapping.getHandlerMethods().keySet()) {
                if (info.getMethodsCondition().getMethods().contains(RequestMethod.GET)) {
                    info.getPatternValues().stream()
                            .filter(path -> path.startsWith("/") && !path.contains("{") && !path.contains("*"))
                            .forEach(pages::add);
                }
            }
        }
        return pages;
    }
}
