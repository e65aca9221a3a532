package dev.tenancy.jwt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Sets of public keys in JSON (RFC 7517 and RFC 7518, section 6).
 *
 * @param keys those that will do
 * @param faults why the others will not; no text of the set
 */
record JwkSet(List<TokenKey> keys, List<String> faults) {

    private static final List<String> PRIVATE = List.of("d", "p", "q", "dp", "dq", "qi", "oth", "k");
    private static final int MOST_KEYS = 100;

    /** @throws UnfitKeyException if it is no set of public keys at all */
    static JwkSet read(byte[] json) throws UnfitKeyException {
        ObjectNode set = StrictJson.object(json);
        if (set == null || !(set.path("keys") instanceof ArrayNode all)) {
            throw new UnfitKeyException("it is not a JWK Set in strict form");
        }
        if (all.size() > MOST_KEYS) {
            throw new UnfitKeyException("it has more than " + MOST_KEYS + " keys");
        }
        List<TokenKey> good = new ArrayList<>();
        List<String> faults = new ArrayList<>();
        for (JsonNode one : all) {
            try {
                good.add(key(one));
            } catch (UnfitKeyException unfit) {
                faults.add("key " + (good.size() + faults.size() + 1) + ": " + unfit.getMessage());
            }
        }
        return withoutAmbiguous(good.stream().distinct().toList(), faults);
    }

    private static JwkSet withoutAmbiguous(List<TokenKey> keys, List<String> faults) {
        List<TokenKey> clear = keys.stream()
                .filter(key ->
                        keys.stream().filter(other -> isTakenFor(key, other)).count() == 1)
                .toList();
        if (clear.size() < keys.size()) {
            faults.add((keys.size() - clear.size()) + " keys: a token could not tell them apart by their ids");
        }
        return new JwkSet(clear, List.copyOf(faults));
    }

    private static boolean isTakenFor(TokenKey key, TokenKey other) {
        return key.id() == null ? key.name() == other.name() : key.id().equals(other.id());
    }

    private static TokenKey key(JsonNode jwk) throws UnfitKeyException {
        // Whoever can read the address could sign with such a key, secrets (of type oct) included.
        if (PRIVATE.stream().anyMatch(jwk::has)) {
            throw new UnfitKeyException("it has private members");
        }
        if (jwk.has("use") && !"sig".equals(jwk.path("use").textValue())) {
            throw new UnfitKeyException("its use is not sig");
        }
        if (jwk.has("key_ops") && !operations(jwk.path("key_ops")).contains("verify")) {
            throw new UnfitKeyException("its key_ops do not include verify");
        }
        String algorithm = jwk.has("alg") ? text(jwk, "alg") : null;
        PublicKey key = switch (text(jwk, "kty")) {
            case "RSA" -> rsa(jwk);
            case "EC" -> ec(jwk);
            default -> throw new UnfitKeyException("its type (kty) is neither RSA nor EC");
        };
        return TokenKey.of(jwk.has("kid") ? text(jwk, "kid") : null, algorithm, key, null);
    }

    private static Set<String> operations(JsonNode operations) throws UnfitKeyException {
        if (!operations.isArray()) {
            throw new UnfitKeyException("its key_ops is not a list");
        }
        return operations
                .valueStream()
                .map(one -> String.valueOf(one.textValue()))
                .collect(Collectors.toSet());
    }

    private static PublicKey rsa(JsonNode jwk) throws UnfitKeyException {
        BigInteger modulus = number(jwk, "n");
        BigInteger exponent = number(jwk, "e");
        try {
            return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, exponent));
        } catch (GeneralSecurityException unfit) {
            throw new UnfitKeyException("its members n and e are no RSA key");
        }
    }

    private static PublicKey ec(JsonNode jwk) throws UnfitKeyException {
        JwsAlgorithm algorithm = JwsAlgorithm.ofCurve(text(jwk, "crv"));
        ECPoint point = new ECPoint(coordinate(jwk, "x", algorithm), coordinate(jwk, "y", algorithm));
        try {
            return KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(point, algorithm.parameters()));
        } catch (GeneralSecurityException unfit) {
            throw new UnfitKeyException("its members x and y are no point");
        }
    }

    /** RFC 7518, section 2, Base64urlUInt: as few bytes as will do. */
    private static BigInteger number(JsonNode jwk, String member) throws UnfitKeyException {
        byte[] bytes = bytes(jwk, member);
        if (bytes[0] == 0) {
            throw new UnfitKeyException("its member " + member + " begins with a zero byte");
        }
        return new BigInteger(1, bytes);
    }

    /** RFC 7518, section 6.2.1.2: as many bytes as the curve's field has. */
    private static BigInteger coordinate(JsonNode jwk, String member, JwsAlgorithm algorithm) throws UnfitKeyException {
        byte[] bytes = bytes(jwk, member);
        if (bytes.length != algorithm.bytes) {
            throw new UnfitKeyException("its member " + member + " does not have the length that its curve asks for");
        }
        return new BigInteger(1, bytes);
    }

    private static byte[] bytes(JsonNode jwk, String member) throws UnfitKeyException {
        byte @Nullable [] bytes = StrictJson.base64url(text(jwk, member));
        if (bytes == null) {
            throw new UnfitKeyException("its member " + member + " is not base64url in strict form");
        }
        return bytes;
    }

    private static String text(JsonNode jwk, String member) throws UnfitKeyException {
        String text = jwk.path(member).textValue();
        if (text == null) {
            throw new UnfitKeyException("its member " + member + " is missing or no text");
        }
        return text;
    }

    /** The set of the public halves; secrets have none and are left out. */
    static String write(List<TokenKey> keys) {
        ObjectNode set = JsonNodeFactory.instance.objectNode();
        ArrayNode all = set.putArray("keys");
        for (TokenKey key : keys) {
            PublicKey publicHalf = key.publicHalf();
            if (publicHalf == null) {
                continue;
            }
            ObjectNode jwk = all.addObject().put("kty", key.name().type);
            if (key.id() != null) {
                jwk.put("kid", key.id());
            }
            jwk.put("use", "sig").put("alg", key.name().name());
            if (publicHalf instanceof RSAPublicKey rsa) {
                jwk.put("n", written(rsa.getModulus(), 0)).put("e", written(rsa.getPublicExponent(), 0));
            } else if (publicHalf instanceof ECPublicKey ec) {
                jwk.put("crv", key.name().curve)
                        .put("x", written(ec.getW().getAffineX(), key.name().bytes))
                        .put("y", written(ec.getW().getAffineY(), key.name().bytes));
            }
        }
        return set.toString();
    }

    private static String written(BigInteger number, int least) {
        int length = Math.max(least, (number.bitLength() + 7) / 8);
        byte[] signed = number.toByteArray();
        byte[] bytes = new byte[length];
        int used = Math.min(signed.length, length);
        System.arraycopy(signed, signed.length - used, bytes, length - used, used);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
