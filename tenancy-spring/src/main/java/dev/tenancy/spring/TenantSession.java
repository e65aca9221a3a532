package dev.tenancy.spring;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpSession;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.WebUtils;

/**
 * The session of a browser as one tenant's requests see it, also through beans of the scope session: what they put there is that
 * tenant's, so that nothing of one company is left when a user goes on in another. What was put there while no tenant was current,
 * before the login for instance, is read by all of the user's companies; only a bean of the scope session, which is there to be
 * changed, goes to the one that reads it first.
 */
final class TenantSession implements InvocationHandler {

    // The login is the user's, in whichever company: it is looked for before the company is known.
    private static final List<String> OF_THE_USER = List.of(
            "SPRING_SECURITY_",
            "org.springframework.security.",
            "org.springframework.session.",
            WebUtils.SESSION_MUTEX_ATTRIBUTE);

    private static final String BEAN = "scopedTarget.";

    private static final String OWN = "tenancy:";

    private final HttpSession session;
    private final String prefix;
    private final Collection<String> shared;

    private TenantSession(HttpSession session, Object tenant, Collection<String> shared) {
        this.session = session;
        String text = tenant.toString();
        // The length first: a tenant and a name may hold any separator.
        this.prefix = OWN + text.length() + ":" + text + ":";
        this.shared = shared;
    }

    /** @param shared the names of attributes that are the same for all tenants */
    static HttpServletRequest of(HttpServletRequest request, Object tenant, Collection<String> shared) {
        return new HttpServletRequestWrapper(request) {

            private @Nullable HttpSession session;
            private @Nullable HttpSession view;

            @Override
            public @Nullable HttpSession getSession(boolean create) {
                HttpSession found = super.getSession(create);
                if (found == null) {
                    return null;
                }
                HttpSession whole = whole(found);
                if (whole != session) {
                    view = new TenantSession(whole, tenant, shared).view();
                    session = whole;
                }
                return view;
            }

            @Override
            public @Nullable HttpSession getSession() {
                return getSession(true);
            }
        };
    }

    // An asynchronous dispatch gets the request as the first one handed it on.
    private static HttpSession whole(HttpSession found) {
        return Proxy.isProxyClass(found.getClass()) && Proxy.getInvocationHandler(found) instanceof TenantSession part
                ? part.session
                : found;
    }

    private HttpSession view() {
        return (HttpSession)
                Proxy.newProxyInstance(TenantSession.class.getClassLoader(), new Class<?>[] {HttpSession.class}, this);
    }

    @Override
    public @Nullable Object invoke(Object view, Method method, Object @Nullable [] arguments) throws Throwable {
        if (arguments == null) {
            return method.getName().equals("getAttributeNames") ? Collections.enumeration(names()) : call(method, null);
        }
        switch (method.getName()) {
            case "getAttribute":
                return attribute((String) arguments[0]);
            case "setAttribute":
                set((String) arguments[0], arguments[1]);
                return null;
            case "removeAttribute":
                set((String) arguments[0], null);
                return null;
            case "equals":
                return view == arguments[0];
            default:
                return call(method, arguments);
        }
    }

    private @Nullable Object call(Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(session, arguments);
        } catch (InvocationTargetException failure) {
            throw failure.getTargetException();
        }
    }

    private void set(String name, @Nullable Object value) {
        if (value == null) {
            session.removeAttribute(own(name));
            if (!name.startsWith(OWN)) {
                session.removeAttribute(name);
            }
        } else {
            session.setAttribute(own(name), value);
        }
    }

    private String own(String name) {
        return shared.contains(name) || OF_THE_USER.stream().anyMatch(name::startsWith) ? name : prefix + name;
    }

    private @Nullable Object attribute(String name) {
        Object own = session.getAttribute(own(name));
        if (own != null || name.startsWith(OWN)) {
            return own;
        }
        if (name.startsWith(BEAN)) {
            return taken(name);
        }
        Object before = session.getAttribute(name);
        // Where there is no other, requests exclude each other by the session, of which each has a view of its own.
        return before == null && name.equals(WebUtils.SESSION_MUTEX_ATTRIBUTE) ? session : before;
    }

    private @Nullable Object taken(String name) {
        synchronized (session) {
            Object bean = session.getAttribute(name);
            if (bean == null || own(name).equals(name)) {
                return bean;
            }
            session.setAttribute(own(name), bean);
            session.removeAttribute(name);
            return bean;
        }
    }

    private Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        for (String name : Collections.list(session.getAttributeNames())) {
            if (name.startsWith(prefix)) {
                names.add(name.substring(prefix.length()));
            } else if (!name.startsWith(OWN)) {
                names.add(name);
            }
        }
        return names;
    }
}
