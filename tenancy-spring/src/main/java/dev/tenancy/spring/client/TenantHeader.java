package dev.tenancy.spring.client;

import dev.tenancy.CurrentTenant;
import java.io.IOException;
import java.net.URI;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;

/** Tells declared hosts for which tenant they are called, unless the caller does so itself. */
final class TenantHeader implements ClientHttpRequestInterceptor {

    private final String header;
    private final Set<String> hosts;

    TenantHeader(String header, Set<String> hosts) {
        this.header = header;
        this.hosts = hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
    }

    @Override
    public ClientHttpResponse intercept(HttpRequest request, byte[] body, ClientHttpRequestExecution execution)
            throws IOException {
        if (isDeclared(request.getURI()) && !request.getHeaders().containsHeader(header)) {
            CurrentTenant.find()
                    .ifPresent(principal -> request.getHeaders()
                            .set(header, principal.tenantId().toString()));
        }
        return execution.execute(request, body);
    }

    private boolean isDeclared(URI address) {
        if (address.getHost() == null) {
            return false;
        }
        String host = address.getHost().toLowerCase(Locale.ROOT);
        return hosts.contains(host) || hosts.contains(host + ":" + address.getPort());
    }
}
