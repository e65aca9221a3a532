package dev.tenancy.benchmarks.http.floor;

import com.auth0.jwt.JWT;
import com.auth0.jwt.JWTVerifier;
import com.auth0.jwt.algorithms.Algorithm;
import com.auth0.jwt.exceptions.JWTVerificationException;
import com.auth0.jwt.interfaces.DecodedJWT;
import dev.tenancy.benchmarks.http.floor.Caller.Role;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.web.filter.OncePerRequestFilter;
import tools.jackson.databind.json.JsonMapper;

/** Lets a request through for a member of the tenant that its token names. */
class TokenFilter extends OncePerRequestFilter {

    private static final String BEARER = "Bearer ";
    private static final long LEEWAY_SECONDS = 30;

    private final JWTVerifier tokens;
    private final Memberships memberships;
    private final JsonMapper json;

    TokenFilter(TokenProperties properties, Memberships memberships, JsonMapper json) {
        this.tokens = JWT.require(Algorithm.HMAC256(properties.secret()))
                .withIssuer(properties.issuer())
                .withAudience(properties.audience())
                .acceptLeeway(LEEWAY_SECONDS)
                .build();
        this.memberships = memberships;
        this.json = json;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        DecodedJWT token = token(request.getHeader(HttpHeaders.AUTHORIZATION));
        if (token == null) {
            refuse(response, HttpStatus.UNAUTHORIZED);
            return;
        }
        UUID userId = UUID.fromString(token.getSubject());
        UUID tenantId = UUID.fromString(token.getClaim("tenant_id").asString());
        Role role = memberships.role(userId, tenantId);
        if (role == null) {
            refuse(response, HttpStatus.FORBIDDEN);
            return;
        }
        Caller caller = new Caller(userId, tenantId, role);
        Caller.enter(caller);
        try {
            entered(caller);
            chain.doFilter(request, response);
        } finally {
            Caller.leave();
        }
    }

    /** Override to tell others who calls. */
    protected void entered(Caller caller) {}

    private @Nullable DecodedJWT token(@Nullable String header) {
        if (header == null || !header.startsWith(BEARER)) {
            return null;
        }
        try {
            return tokens.verify(header.substring(BEARER.length()));
        } catch (JWTVerificationException invalid) {
            logger.debug("A token was refused", invalid);
            return null;
        }
    }

    private void refuse(HttpServletResponse response, HttpStatus status) throws IOException {
        response.setStatus(status.value());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        json.writeValue(response.getOutputStream(), ProblemDetail.forStatus(status));
    }
}
