package dev.tenancy.jwt;

import dev.tenancy.TenancySetupException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The keys that are good at the moment. Thread-safe; which keys those are may change from call to call. */
public interface TokenKeys {

    /**
     * The key that a token has to be signed with.
     *
     * @param id the id in the token's header ({@code kid}); null if it names none, for which only a lone key will do. A key without
     *     an id fits any id
     * @param algorithm the algorithm in the token's header ({@code alg})
     * @return null if there is no such key
     * @throws KeysUnavailableException if nobody can tell at the moment
     */
    @Nullable TokenKey find(@Nullable String id, String algorithm);

    /**
     * The key that new tokens are signed with.
     *
     * @throws TenancySetupException if none of the keys can sign
     */
    TokenKey signing();

    /**
     * The public halves, for others to verify our tokens: a JWK Set (RFC 7517, section 5) with {@code kid}, {@code use} and
     * {@code alg} of each key. Never anything private: secrets are left out. Keys of an address are another issuer's, and not ours
     * to publish.
     */
    default String publicKeys() {
        return JwkSet.write(List.of());
    }

    /**
     * Always the same keys; the first one that can signs new tokens.
     *
     * @throws TenancySetupException if there is none, if two have the same id, or if one has none beside others of its algorithm
     */
    static TokenKeys of(TokenKey... keys) {
        if (keys.length == 0) {
            throw new TenancySetupException(
                    "There is no key of tokens.", "Give at least one: a token can be verified with a key only.");
        }
        return new FixedKeys(List.of(keys));
    }

    /**
     * Keys in files, looked at again while the application runs. {@code <id>.pem} is a key as {@link TokenKey#pem(String, String)}
     * reads it, {@code <id>.secret} a secret for HS256 as text of 32 bytes or more; white space at its ends does not count. Of a
     * folder all such files are read, others and hidden ones are not. Folders of Kubernetes secrets, which are symbolic links, will
     * do.
     *
     * <p>The private key or secret whose id sorts last signs. To rotate: add the public half of the new key under its new id; when
     * all machines have read it, put the private key in its place; when the last token of the old key has expired, remove that. A
     * removed key is not accepted any more after the next reading.
     *
     * <p>A file that will not do is refused now, and later leaves all keys as they were, with an error in the log that names the
     * file. One thread reads at a time, and the others go on with the present keys.
     *
     * @param filesOrFolders where they are
     * @param reload how soon after a reading the next one is due, such as 10 seconds
     * @param clock tells when it is due
     * @throws TenancySetupException if a file cannot be read or will not do, or if there is none
     */
    static TokenKeys files(List<Path> filesOrFolders, Duration reload, Clock clock) {
        return new KeyFiles(filesOrFolders, reload, clock);
    }

    /** The keys of another issuer, from its address: {@link #remote(JwksAddress)} with its usual times. */
    static TokenKeys remote(URI jwks) {
        return remote(new JwksAddress(jwks));
    }

    /**
     * The keys of another issuer, from its address: a JWK Set (RFC 7517) over https. They are fetched with the first token, and
     * again in the background before they are old; one request is made at a time. A token that names an unknown key has them
     * fetched as well, at most once a second, so that a new key is good within about a second and a flood of unknown ids costs its
     * sender's patience only. After a failure the next attempt comes after a second, then every two seconds.
     * An answer without a key that can be used is such a failure.
     *
     * <p>Keys that are not for signatures, are too weak, are secrets or have private members are left out, and the log says so.
     * What is left only verifies.
     *
     * @throws TenancySetupException if the address is not https: only this machine itself may be asked without
     */
    static TokenKeys remote(JwksAddress address) {
        return new RemoteKeys(address, System::nanoTime);
    }
}
