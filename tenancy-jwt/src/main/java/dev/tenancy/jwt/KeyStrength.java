package dev.tenancy.jwt;

import java.math.BigInteger;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.util.BitSet;

/** Whether a public key is one that a signature can rest on. Java and java-jwt take any. */
final class KeyStrength {

    private static final int LEAST_BITS = 2048;
    private static final int MOST_BITS =
            8192; // a larger one only costs time: a signature's check grows with its square
    private static final BigInteger LEAST_EXPONENT = BigInteger.valueOf(65537);
    private static final int MOST_EXPONENT_BITS = 64; // likewise
    private static final int LARGEST_MARK = 167;

    private KeyStrength() {}

    /** FIPS 186-5, appendix A.1.1, and RFC 7518, section 3.3. */
    static void check(RSAPublicKey key) throws UnfitKeyException {
        int bits = key.getModulus().bitLength();
        if (bits < LEAST_BITS || bits > MOST_BITS) {
            throw new UnfitKeyException(
                    "it is an RSA key of " + bits + " bits, and must have " + LEAST_BITS + " to " + MOST_BITS);
        }
        BigInteger exponent = key.getPublicExponent();
        if (exponent.compareTo(LEAST_EXPONENT) < 0
                || exponent.bitLength() > MOST_EXPONENT_BITS
                || !exponent.testBit(0)) {
            throw new UnfitKeyException("its RSA exponent is even, below 65537 or above 64 bits");
        }
        if (!key.getModulus().testBit(0)) {
            throw new UnfitKeyException("its RSA modulus is even");
        }
        if (isOfWeakChip(key.getModulus())) {
            throw new UnfitKeyException("it was made by a chip whose keys can be broken (CVE-2017-15361, ROCA)");
        }
    }

    /**
     * Primes of those chips are a power of 65537 modulo each small prime, and so is their product (Nemec and others, "The Return
     * of Coppersmith's Attack", 2017, section 3). Another key passes for one with a chance below one in 2<sup>27</sup>.
     */
    private static boolean isOfWeakChip(BigInteger modulus) {
        for (int prime = 3; prime <= LARGEST_MARK; prime += 2) {
            if (!BigInteger.valueOf(prime).isProbablePrime(20)) {
                continue;
            }
            BitSet powers = new BitSet(prime);
            for (int power = 1; !powers.get(power); power = power * (65537 % prime) % prime) {
                powers.set(power);
            }
            if (!powers.get(modulus.mod(BigInteger.valueOf(prime)).intValue())) {
                return false;
            }
        }
        return true;
    }

    /** The curve's equation: a point beside it can give a private key away or verify what it should not (RFC 8725, 3.4). */
    static void check(ECPublicKey key, ECParameterSpec curve) throws UnfitKeyException {
        ECPoint point = key.getW();
        BigInteger prime = prime(curve);
        if (point.equals(ECPoint.POINT_INFINITY)
                || !isWithin(point.getAffineX(), prime)
                || !isWithin(point.getAffineY(), prime)
                || !point.getAffineY().pow(2).mod(prime).equals(squareOfY(point.getAffineX(), curve))) {
            throw new UnfitKeyException("its point is not on its curve");
        }
    }

    private static boolean isWithin(BigInteger coordinate, BigInteger prime) {
        return coordinate.signum() >= 0 && coordinate.compareTo(prime) < 0;
    }

    static BigInteger prime(ECParameterSpec curve) {
        return ((ECFieldFp) curve.getCurve().getField()).getP();
    }

    static BigInteger squareOfY(BigInteger x, ECParameterSpec curve) {
        return x.pow(3)
                .add(curve.getCurve().getA().multiply(x))
                .add(curve.getCurve().getB())
                .mod(prime(curve));
    }
}
