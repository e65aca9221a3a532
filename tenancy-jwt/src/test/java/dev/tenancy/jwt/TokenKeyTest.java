package dev.tenancy.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.tenancy.TenancySetupException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Base64;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenKeyTest {

    private static final KeyPair RSA = Keys.rsa(2048);
    private static final KeyPair EC = Keys.ec("secp256r1");

    private static final String SECP256K1 =
            "MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEakfcfBxNsxfonoT199mbWj8gGKzD2CDE75l/eVNv2gZuhz3Y6JWNZucv/jubyUJ9oGJVZsj9ENFmoFCQid5ACA==";

    private static void works(TokenKey signing, TokenKey verifying) {
        TokenVerifier verifier = new TokenVerifier(TokenKeys.of(verifying), Keys.SETTINGS);
        assertThat(verifier.verify(Keys.token(signing)).userId()).isEqualTo("alice");
    }

    private static void refused(Runnable key, String... words) {
        assertThatExceptionOfType(TenancySetupException.class)
                .isThrownBy(key::run)
                .satisfies(refusal -> {
                    assertThat(refusal.getMessage()).contains(words);
                    assertThat(refusal).hasNoCause();
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
    void anRsaKeyServesTheAlgorithmThatIsAskedFor(String algorithm) {
        TokenKey signing = TokenKey.pem("1", algorithm, Keys.privatePem(RSA));
        assertThat(signing).hasToString("TokenKey[1 " + algorithm + "]");
        works(signing, signing);
        works(signing, TokenKey.pem("1", algorithm, Keys.publicPem(RSA)));
    }

    @Test
    void anRsaKeyServesRs256UnlessToldOtherwise() {
        assertThat(TokenKey.pem(null, Keys.publicPem(RSA))).hasToString("TokenKey[RS256]");
    }

    @ParameterizedTest
    @CsvSource({"secp256r1, ES256", "secp384r1, ES384", "secp521r1, ES512"})
    void aKeyOnACurveIsBoundToItsAlgorithmAndYieldsItsPublicHalf(String curve, String algorithm) {
        for (int i = 0; i < 10; i++) {
            KeyPair pair = Keys.ec(curve);
            TokenKey signing = TokenKey.pem("1", Keys.privatePem(pair));
            assertThat(signing).hasToString("TokenKey[1 " + algorithm + "]");
            assertThat(signing.publicHalf()).isEqualTo(pair.getPublic());
            works(signing, TokenKey.pem("1", algorithm, Keys.publicPem(pair)));
        }
    }

    @Test
    void anotherAlgorithmThanTheCurvesOrOfAnotherTypeIsRefused() {
        refused(() -> TokenKey.pem("1", "ES384", Keys.publicPem(EC)), "does not belong to its curve");
        refused(() -> TokenKey.pem("1", "RS256", Keys.publicPem(EC)), "another type of key");
        refused(() -> TokenKey.pem("1", "ES256", Keys.publicPem(RSA)), "another type of key");
        refused(() -> TokenKey.pem("1", "HS256", Keys.publicPem(RSA)), "another type of key");
        refused(() -> TokenKey.pem("1", "none", Keys.publicPem(RSA)), "HS, RS, PS or ES");
        refused(
                () -> TokenKey.pem(
                        "1", Keys.pem("PUBLIC KEY", Base64.getDecoder().decode(SECP256K1))),
                "none of P-256, P-384");
    }

    @Test
    void aPublicHalfMayStandBesideThePrivateOneAndMustBelongToIt() {
        works(
                TokenKey.pem("1", Keys.publicPem(EC) + Keys.privatePem(EC)),
                TokenKey.pem("1", "Bag Attributes\n  x: 1\n" + Keys.publicPem(EC)));
        refused(() -> TokenKey.pem("1", Keys.privatePem(EC) + Keys.publicPem(Keys.ec("secp256r1"))), "belong together");
        refused(() -> TokenKey.pem("1", Keys.privatePem(RSA) + Keys.publicPem(Keys.rsa(2048))), "belong together");
    }

    @ParameterizedTest
    @CsvSource({
        "ENCRYPTED PRIVATE KEY, openssl pkey -in",
        "RSA PRIVATE KEY, openssl pkcs8 -topk8 -nocrypt",
        "EC PRIVATE KEY, openssl pkcs8 -topk8 -nocrypt",
        "RSA PUBLIC KEY, openssl rsa -RSAPublicKey_in",
        "OPENSSH PRIVATE KEY, neither PRIVATE KEY nor",
    })
    void anotherFormIsRefusedWithTheCommandThatConvertsIt(String label, String words) {
        refused(() -> TokenKey.pem("1", Keys.pem(label, new byte[40])), words);
    }

    @Test
    void aTextThatHoldsNoKeyOrSeveralIsRefusedWithoutShowingIt() {
        refused(() -> TokenKey.pem("1", ""), "no complete block");
        refused(() -> TokenKey.pem("1", Keys.privatePem(RSA).replace("-----END", "")), "no complete block");
        refused(() -> TokenKey.pem("1", Keys.publicPem(RSA) + Keys.publicPem(EC)), "several keys");
        refused(() -> TokenKey.pem("1", Keys.pem("PRIVATE KEY", new byte[40])), "neither an RSA key nor");
        refused(() -> TokenKey.pem("1", Keys.pem("CERTIFICATE", new byte[40])), "not an X.509 certificate");
        refused(() -> TokenKey.pem("1", "-----BEGIN PUBLIC KEY-----\n!!\n-----END PUBLIC KEY-----"), "not base64");
    }

    @Test
    void aCertificateGivesItsKey() {
        // openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=test -days 36500
        TokenKey key = TokenKey.pem("1", CERTIFICATE);
        assertThat(key).hasToString("TokenKey[1 ES256]");
        assertThat(key.signs()).isFalse();
    }

    private static final String CERTIFICATE = """
            -----BEGIN CERTIFICATE-----
            MIIBdjCCARugAwIBAgIUWn89O8mi9oaVecJPAKmhHK1XckowCgYIKoZIzj0EAwIw
            DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjUwNDQyMTVaGA8yMTI2MTEwMTA0NDIx
            NVowDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABJXK
            DIE8btU4vFyLqqXdadXIFt/0xv/6pJaeMdf/KhCvqyoZhDC3fqh7+ySbUR85QtYT
            2164Qorj80NHQfB8yQCjUzBRMB0GA1UdDgQWBBQhyVKl1aC4wYurIlmV2x2U674x
            HDAfBgNVHSMEGDAWgBQhyVKl1aC4wYurIlmV2x2U674xHDAPBgNVHRMBAf8EBTAD
            AQH/MAoGCCqGSM49BAMCA0kAMEYCIQDnvSNJbf+XAXia6oQYQlhkQGkuehbXO3ju
            0nMjHlocXwIhAMUgVfJ+qKDeZLWcZAhLxl63ITiTg382+oM5H//NmcZ1
            -----END CERTIFICATE-----
            """;

    @Test
    void aWeakRsaKeyIsRefused() throws GeneralSecurityException {
        refused(() -> TokenKey.pem("1", Keys.privatePem(Keys.rsa(1024))), "1024 bits", "2048");
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(new RSAKeyGenParameterSpec(2048, BigInteger.valueOf(3)));
        refused(() -> TokenKey.pem("1", Keys.privatePem(generator.generateKeyPair())), "exponent");
        refused(() -> ofModulus(((RSAPublicKey) RSA.getPublic()).getModulus().clearBit(0)), "even");
    }

    @Test
    void anRsaKeyOfABrokenChipIsRefused() {
        BigInteger product = IntStream.rangeClosed(2, 167)
                .mapToObj(BigInteger::valueOf)
                .filter(number -> number.isProbablePrime(20))
                .reduce(BigInteger.ONE, BigInteger::multiply);
        BigInteger power = BigInteger.valueOf(65537).modPow(BigInteger.valueOf(123_456_789), product);
        BigInteger marked = BigInteger.ONE
                .shiftLeft(2048)
                .divide(product)
                .subtract(BigInteger.ONE)
                .multiply(product)
                .add(power);
        assertThat(marked.bitLength()).isEqualTo(2048);
        refused(() -> ofModulus(marked), "ROCA");
    }

    private static TokenKey ofModulus(BigInteger modulus) {
        try {
            PublicKey key = KeyFactory.getInstance("RSA")
                    .generatePublic(new RSAPublicKeySpec(modulus, BigInteger.valueOf(65537)));
            return TokenKey.pem("1", Keys.pem("PUBLIC KEY", key.getEncoded()));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @ParameterizedTest
    @CsvSource({"HS256, 32", "HS384, 48", "HS512, 64"})
    void aSecretHasAsManyBytesAsItsHash(String algorithm, int bytes) {
        TokenKey key = TokenKey.hmac("1", algorithm, new byte[bytes]);
        works(key, TokenKey.hmac("1", algorithm, new byte[bytes]));
        refused(() -> TokenKey.hmac("1", algorithm, new byte[bytes - 1]), (bytes - 1) + " bytes", algorithm);
    }

    @Test
    void aSecretTakesNoOtherAlgorithm() {
        for (String algorithm : new String[] {"none", "RS256", "hs256", "A256GCM", ""}) {
            refused(() -> TokenKey.hmac("1", algorithm, new byte[64]), "algorithm");
        }
    }

    @Test
    void aSecretIsCopied() {
        byte[] secret = new byte[32];
        TokenKey key = TokenKey.hmac("1", "HS256", secret);
        secret[0] = 1;
        works(key, TokenKey.hmac("1", "HS256", new byte[32]));
    }

    @Test
    void anIdIsAName() {
        for (String id : new String[] {"", " ", "a\nb", "\ud800", "a".repeat(256)}) {
            refused(() -> TokenKey.hmac(id, "HS256", new byte[32]), "its id is");
            refused(() -> TokenKey.pem(id, Keys.publicPem(EC)), "its id is");
        }
    }

    @Test
    void keysAreEqualIfTheyAreTheSameInEverything() {
        TokenKey key = TokenKey.pem("1", Keys.publicPem(EC));
        assertThat(key)
                .isEqualTo(TokenKey.pem("1", Keys.publicPem(EC)))
                .hasSameHashCodeAs(TokenKey.pem("1", Keys.publicPem(EC)));
        assertThat(key)
                .isNotEqualTo(TokenKey.pem("2", Keys.publicPem(EC)))
                .isNotEqualTo(TokenKey.pem("1", Keys.privatePem(EC)))
                .isNotEqualTo(TokenKey.pem("1", Keys.publicPem(Keys.ec("secp256r1"))));
        assertThat(TokenKey.pem("1", "PS256", Keys.publicPem(RSA)))
                .isNotEqualTo(TokenKey.pem("1", Keys.publicPem(RSA)));
    }

    @Test
    void nothingOfAPrivateKeyIsShown() {
        TokenKey key = TokenKey.pem("1", Keys.privatePem(EC));
        String secret = ((ECPrivateKey) EC.getPrivate()).getS().toString();
        assertThat(key + " " + TokenKeys.of(key)).doesNotContain(secret);
    }
}
