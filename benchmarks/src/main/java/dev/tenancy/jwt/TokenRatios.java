package dev.tenancy.jwt;

import com.auth0.jwt.JWT;
import com.auth0.jwt.JWTVerifier;
import com.auth0.jwt.interfaces.DecodedJWT;
import dev.tenancy.benchmarks.CpuTime;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * What the verification of a token costs, as ratios to java-jwt's with issuer and audience alone. In the library's package, since
 * only there a verifier can be made that remembers nothing.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 3)
public class TokenRatios {

    @Param({"HS256", "RS256", "ES256"})
    String algorithm = "HS256";

    private String token = "";
    private JWTVerifier javaJwt =
            JWT.require(TokenKey.hmac("x".repeat(32)).algorithm()).build();
    private TokenVerifier tenancy = new TokenVerifier(TokenKeys.of(TokenKey.hmac("x".repeat(32))), settings());
    private TokenVerifier remembering = tenancy;

    private static TokenSettings settings() {
        return new TokenSettings(
                "https://issuer.test", "timesheets", "tenant_id", Duration.ofHours(12), Duration.ofSeconds(30));
    }

    @Setup
    public void sign() throws GeneralSecurityException {
        TokenKey key = switch (algorithm) {
            case "RS256" -> TokenKey.pem("2026-01", generated("RSA", 2048));
            case "ES256" -> TokenKey.pem("2026-01", generated("EC", 256));
            default -> TokenKey.hmac("2026-01", algorithm, new byte[48]);
        };
        TokenKeys keys = TokenKeys.of(key);
        token = new TokenIssuer(keys, settings()).issue("018f3b1e-1111-7222-8333-444455556666", "acme");
        javaJwt = JWT.require(key.algorithm())
                .withIssuer(settings().issuer())
                .withAudience("timesheets")
                .build();
        tenancy = new TokenVerifier(keys, settings(), Clock.systemUTC(), false);
        remembering = new TokenVerifier(keys, settings(), Clock.systemUTC(), true);
    }

    private static String generated(String type, int bits) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(type);
        generator.initialize(bits);
        return "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder()
                        .encodeToString(generator.generateKeyPair().getPrivate().getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
    }

    @Benchmark
    public DecodedJWT javaJwt() {
        return javaJwt.verify(token);
    }

    @Benchmark
    public VerifiedToken tenancy() {
        return tenancy.verify(token);
    }

    @Benchmark
    public VerifiedToken tenancyRemembering() {
        return remembering.verify(token);
    }

    public static void main(String[] arguments) throws RunnerException {
        Map<String, Map<String, Double>> rows = new TreeMap<>();
        for (RunResult result : new Runner(new OptionsBuilder()
                        .include(TokenRatios.class.getName() + "\\.")
                        .addProfiler(CpuTime.class)
                        .build())
                .run()) {
            rows.computeIfAbsent(result.getParams().getParam("algorithm"), absent -> new TreeMap<>())
                    .put(
                            result.getPrimaryResult().getLabel(),
                            Objects.requireNonNull(result.getSecondaryResults().get("cpu"))
                                    .getScore());
        }
        System.out.println("| algorithm | java-jwt | Tenancy | Tenancy, token seen before |");
        System.out.println("|---|---|---|---|");
        rows.forEach((algorithm, cpu) -> {
            double bare = Objects.requireNonNull(cpu.get("javaJwt"));
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.1f µs | %.2f | %.2f |%n",
                    algorithm,
                    bare,
                    Objects.requireNonNull(cpu.get("tenancy")) / bare,
                    Objects.requireNonNull(cpu.get("tenancyRemembering")) / bare);
        });
    }
}
