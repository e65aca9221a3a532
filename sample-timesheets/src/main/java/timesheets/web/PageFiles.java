package timesheets.web;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.resource.ResourceUrlEncodingFilter;

/** Pages name their style sheets and scripts with the version. The answers of the API name none, and are left alone. */
@Configuration(proxyBeanMethods = false)
class PageFiles {

    @Bean
    FilterRegistrationBean<ResourceUrlEncodingFilter> versionsInPages() {
        FilterRegistrationBean<ResourceUrlEncodingFilter> versions =
                new FilterRegistrationBean<>(new ResourceUrlEncodingFilter() {
                    @Override
                    public void doFilter(ServletRequest request, ServletResponse response, FilterChain next)
                            throws IOException, ServletException {
                        if (((HttpServletRequest) request).getRequestURI().startsWith("/api/")) {
                            next.doFilter(request, response);
                        } else {
                            super.doFilter(request, response, next);
                        }
                    }
                });
        versions.setDispatcherTypes(DispatcherType.REQUEST, DispatcherType.ERROR);
        return versions;
    }
}
