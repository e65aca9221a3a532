package dev.tenancy.jwt;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.KeyAgreement;
import org.jspecify.annotations.Nullable;

/** Keys in PEM (RFC 7468). Text around the blocks is left alone, as it says; no message holds anything of a block. */
final class Pem {

    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----([^-]*)-----END \\1-----");
    private static final String CONVERT = "; convert it with: openssl pkcs8 -topk8 -nocrypt -in old.pem -out new.pem";

    private @Nullable PrivateKey privateHalf;
    private @Nullable PublicKey publicHalf;

    private Pem() {}

    static TokenKey read(@Nullable String id, @Nullable String algorithm, String text) throws UnfitKeyException {
        Pem pem = new Pem();
        Matcher block = BLOCK.matcher(text);
        while (block.find()) {
            pem.take(block.group(1), block.group(2));
        }
        PrivateKey privateHalf = pem.privateHalf;
        PublicKey publicHalf = pem.publicHalf;
        if (publicHalf == null) {
            if (privateHalf == null) {
                throw new UnfitKeyException("it has no complete block PRIVATE KEY, PUBLIC KEY or CERTIFICATE");
            }
            publicHalf = derived(privateHalf);
        }
        return TokenKey.of(id, algorithm, publicHalf, privateHalf);
    }

    private void take(String label, String body) throws UnfitKeyException {
        switch (label) {
            case "PRIVATE KEY" -> {
                refuseSecond(privateHalf);
                privateHalf = privateKey(decoded(body));
            }
            case "PUBLIC KEY" -> {
                refuseSecond(publicHalf);
                publicHalf = publicKey(decoded(body));
            }
            case "CERTIFICATE" -> {
                refuseSecond(publicHalf);
                publicHalf = ofCertificate(decoded(body));
            }
            case "ENCRYPTED PRIVATE KEY" ->
                throw new UnfitKeyException("it is encrypted; decrypt it with: openssl pkey -in old.pem -out new.pem");
            case "RSA PRIVATE KEY" -> throw new UnfitKeyException("it is in PKCS #1, not PKCS #8" + CONVERT);
            case "EC PRIVATE KEY", "EC PARAMETERS" ->
                throw new UnfitKeyException("it is in the form of SEC 1, not PKCS #8" + CONVERT);
            case "RSA PUBLIC KEY" ->
                throw new UnfitKeyException("it is in PKCS #1, not X.509; convert it with:"
                        + " openssl rsa -RSAPublicKey_in -in old.pem -pubout -out new.pem");
            default ->
                throw new UnfitKeyException(
                        "it has a block that is neither PRIVATE KEY nor PUBLIC KEY nor CERTIFICATE");
        }
    }

    private static void refuseSecond(@Nullable Object first) throws UnfitKeyException {
        if (first != null) {
            throw new UnfitKeyException("it holds several keys; give each a text or file of its own");
        }
    }

    private static byte[] decoded(String body) throws UnfitKeyException {
        try {
            return Base64.getDecoder().decode(body.replaceAll("[ \t\r\n]", ""));
        } catch (IllegalArgumentException malformed) {
            // Not passed on as a cause: its message quotes the text.
            throw new UnfitKeyException("one of its blocks is not base64");
        }
    }

    private static PrivateKey privateKey(byte[] der) throws UnfitKeyException {
        for (String type : new String[] {"RSA", "EC"}) {
            try {
                return KeyFactory.getInstance(type).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (GeneralSecurityException another) {
                // The next type is tried, and the refusal below says it in the end.
            }
        }
        throw new UnfitKeyException("its block PRIVATE KEY holds neither an RSA key nor one on a known elliptic curve");
    }

    private static PublicKey publicKey(byte[] der) throws UnfitKeyException {
        for (String type : new String[] {"RSA", "EC"}) {
            try {
                return KeyFactory.getInstance(type).generatePublic(new X509EncodedKeySpec(der));
            } catch (GeneralSecurityException another) {
                // The next type is tried, and the refusal below says it in the end.
            }
        }
        throw new UnfitKeyException("its block PUBLIC KEY holds neither an RSA key nor one on a known elliptic curve");
    }

    private static PublicKey ofCertificate(byte[] der) throws UnfitKeyException {
        try {
            return CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(der))
                    .getPublicKey();
        } catch (GeneralSecurityException malformed) {
            throw new UnfitKeyException("its block CERTIFICATE is not an X.509 certificate");
        }
    }

    private static PublicKey derived(PrivateKey key) throws UnfitKeyException {
        try {
            if (key instanceof RSAPrivateCrtKey rsa) {
                return KeyFactory.getInstance("RSA")
                        .generatePublic(new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent()));
            }
            if (key instanceof ECPrivateKey ec) {
                return derived(ec);
            }
        } catch (GeneralSecurityException unfit) {
            // Not passed on as a cause: nobody knows what it quotes.
        }
        throw new UnfitKeyException(
                key instanceof RSAPrivateKey
                        ? "it lacks its primes and so its public half; add that half as a second block, PUBLIC KEY"
                        : "its public half cannot be computed");
    }

    /**
     * Java has no multiplication of points to offer, but the agreement of a secret with the generator is the public point's x
     * (SEC 1, section 3.3.1). The curve's equation has two y for it, and a signature tells which.
     */
    private static PublicKey derived(ECPrivateKey key) throws GeneralSecurityException, UnfitKeyException {
        JwsAlgorithm algorithm = JwsAlgorithm.ofCurve(key.getParams());
        ECParameterSpec curve = algorithm.parameters();
        KeyFactory factory = KeyFactory.getInstance("EC");
        KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
        agreement.init(key);
        agreement.doPhase(factory.generatePublic(new ECPublicKeySpec(curve.getGenerator(), curve)), true);
        BigInteger x = new BigInteger(1, agreement.generateSecret());
        BigInteger prime = KeyStrength.prime(curve);
        // The primes of all three curves are 3 modulo 4.
        BigInteger y =
                KeyStrength.squareOfY(x, curve).modPow(prime.add(BigInteger.ONE).shiftRight(2), prime);
        PublicKey first = factory.generatePublic(new ECPublicKeySpec(new ECPoint(x, y), curve));
        try {
            TokenKey.of(null, null, first, key);
            return first;
        } catch (UnfitKeyException other) {
            return factory.generatePublic(new ECPublicKeySpec(new ECPoint(x, prime.subtract(y)), curve));
        }
    }
}
