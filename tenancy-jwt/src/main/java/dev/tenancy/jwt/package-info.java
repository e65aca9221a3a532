/**
 * Credential in, claim out. A {@link dev.tenancy.jwt.TokenVerifier} turns a signed token into a
 * {@link dev.tenancy.jwt.VerifiedToken}, which says who the user is and which tenant they mean; whether they may act for it is
 * not a token's to say. A {@link dev.tenancy.jwt.TokenIssuer} makes such tokens, and {@link dev.tenancy.jwt.RefreshTokens} the
 * opaque ones that renew them. Verifier and issuer share {@link dev.tenancy.jwt.TokenKeys} and
 * {@link dev.tenancy.jwt.TokenSettings}.
 */
@NullMarked
package dev.tenancy.jwt;

import org.jspecify.annotations.NullMarked;
