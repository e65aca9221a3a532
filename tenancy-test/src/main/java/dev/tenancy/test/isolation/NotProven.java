package dev.tenancy.test.isolation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the adopter lists as not proven, and whether it was met with. */
final class NotProven {

    private final Map<String, String> reasons;
    private final List<String> unmet;

    NotProven(Map<String, String> reasons) {
        this.reasons = new LinkedHashMap<>(reasons);
        this.unmet = new ArrayList<>(this.reasons.keySet());
    }

    boolean isListed(String path) {
        return reasons.containsKey(path);
    }

    /**
     * Why something is listed; null if it is not.
     *
     * @throws Unproven if the reason is blank
     */
    @Nullable String reason(String path) {
        String reason = reasons.get(path);
        unmet.remove(path);
        if (reason != null && reason.isBlank()) {
            throw new Unproven("\"" + path + "\" is in notProven() without a reason. Say why it is not attacked.");
        }
        return reason;
    }

    /** @throws Unproven if something is listed that was not attacked in any case */
    void requireMet() {
        if (!unmet.isEmpty()) {
            throw new Unproven("notProven() lists what is not attacked: \"" + String.join("\", \"", unmet)
                    + "\". Remove it there, or spell it as the report does.");
        }
    }
}
