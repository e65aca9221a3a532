package dev.tenancy.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tenancy.jwt.TokenIssuer;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** Keys that go over HTTP: our public ones out, and another issuer's in. */
class KeysOverHttpTest {

    @Test
    void whoSignsWithAnAsymmetricKeyPublishesItsPublicHalf(@TempDir Path folder) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        Files.writeString(
                folder.resolve("2026-11.pem"),
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(
                                        generator.generateKeyPair().getPrivate().getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
        Files.writeString(folder.resolve("old.secret"), RawToken.SECRET);
        try (ConfigurableApplicationContext application = TestApplication.start(
                RequestTest.Handlers.class, "tenancy.jwt.secret=", "tenancy.jwt.keys=" + folder)) {
            RawHttp.Response keys = RawHttp.to(application).get("/.well-known/jwks.json");
            assertThat(keys.status()).isEqualTo(200);
            assertThat(keys.header("Content-Type")).isEqualTo("application/jwk-set+json");
            assertThat(keys.header("Cache-Control")).isEqualTo("max-age=300, public");
            assertThat(keys.body()).contains("\"kid\":\"2026-11\"").doesNotContain("\"d\":", "oct", "old");
            assertThat(RawHttp.to(application).get("/.well-known/other").status())
                    .isEqualTo(401);
        }
    }

    @Test
    void whileAnotherIssuersKeysCannotBeHadTheAnswerIs503AndNot401() throws Exception {
        int port = freePort();
        try (ConfigurableApplicationContext application = TestApplication.start(
                RequestTest.Handlers.class,
                "tenancy.jwt.secret=",
                "tenancy.jwt.jwks=http://localhost:" + port + "/jwks",
                "tenancy.jwt.issuer=http://localhost:" + port,
                "tenancy.jwt.audience=app",
                "tenancy.claims=keycloak")) {
            assertThat(application.getBeanProvider(TokenIssuer.class).getIfAvailable())
                    .isNull();
            RawHttp http = RawHttp.to(application);
            String unverifiable =
                    "Authorization: Bearer " + RawToken.sign("{\"alg\":\"RS256\",\"kid\":\"1\"}", RawToken.payload());
            RawHttp.Response refusal = http.get("/who", unverifiable);
            assertThat(refusal.status()).isEqualTo(503);
            assertThat(refusal.header("Retry-After")).isEqualTo("5");
            assertThat(http.get("/who").status()).isEqualTo(401);

            try (IdentityProvider provider = new IdentityProvider(port)) {
                String token = "Authorization: Bearer "
                        + provider.token(Map.of("sub", "bob", "organization", List.of("acme")));
                assertThat(eventually(http, token).status()).isEqualTo(200);
                assertThat(http.get("/who", unverifiable).status()).isEqualTo(401);
            }
        }
    }

    private static RawHttp.Response eventually(RawHttp http, String token) throws Exception {
        RawHttp.Response response = http.get("/who", token);
        for (int i = 0; i < 100 && response.status() == 503; i++) {
            Thread.sleep(100);
            response = http.get("/who", token);
        }
        return response;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
