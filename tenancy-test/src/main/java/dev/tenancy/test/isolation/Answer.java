package dev.tenancy.test.isolation;

import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An answer, as far as it can be compared with another: without what was said in the request. */
record Answer(int status, Map<String, String> facts, String body) {

    private static final int SHOWN = 300;
    private static final Pattern ERROR = Pattern.compile(
            "<(\\w+)[^>]*\\sclass=[\"'][^\"']*(?:error|invalid|help-block|help-inline|alert|danger)[^\"']*[\"'][^>]*>(.*?)</\\1>",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern COOKIE = Pattern.compile("(?:^|, )([^=;, ]+)=([^;]*)");
    private static final int MOST_TOLD = 3;
    // The length is that of the body, which is compared itself, and a connection's own business.
    private static final Set<String> UNCOMPARED = Set.of("date", "content-length", "connection", "keep-alive");

    /** @param sent what the request said and the answer may repeat */
    static Answer of(HttpResponse<byte[]> response, Set<String> sent) {
        Map<String, String> facts = new TreeMap<>();
        response.headers().map().forEach((name, values) -> {
            if (!UNCOMPARED.contains(name.toLowerCase(java.util.Locale.ROOT))) {
                facts.put("header " + name, without(sent, String.join(", ", values)));
            }
        });
        facts.put("status", Integer.toString(response.statusCode()));
        String body = text(response.body());
        flatten(without(sent, body), facts);
        return new Answer(response.statusCode(), facts, body);
    }

    // What is no text is read byte by byte: equal for equal bytes only, and with the texts that stand in it.
    private static String text(byte[] body) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException binary) {
            return new String(body, StandardCharsets.ISO_8859_1);
        }
    }

    private static String without(Set<String> sent, String text) {
        String rest = text;
        for (String value : sent) {
            rest = rest.replace(value, "<sent>");
        }
        return rest;
    }

    private static void flatten(String body, Map<String, String> facts) {
        // An archive has no lines: what is another in it moves all that follows.
        if (body.indexOf('\0') >= 0) {
            facts.put("body", body);
            return;
        }
        try {
            flatten("body", JsonMapper.shared().readTree(body), facts);
        } catch (JacksonException noJson) {
            int line = 0;
            for (String text : body.split("\n")) {
                facts.put("body line " + ++line, text);
            }
        }
    }

    private static void flatten(String path, JsonNode node, Map<String, String> facts) {
        if (node.isContainer() && !node.isEmpty()) {
            int index = 0;
            if (node.isObject()) {
                node.properties().forEach(member -> flatten(path + "." + member.getKey(), member.getValue(), facts));
            } else {
                for (JsonNode element : node) {
                    flatten(path + "[" + index++ + "]", element, facts);
                }
            }
        } else {
            facts.put(path, node.toString());
        }
    }

    boolean isGood() {
        return status < 300
                || status < 400 && !facts.getOrDefault("header location", "").contains("login");
    }

    /** Whether it is a page of HTML with status 200. */
    boolean isPage() {
        return status == 200 && facts.getOrDefault("header content-type", "").startsWith("text/html");
    }

    boolean isFailure() {
        return status >= 500;
    }

    /** What tells this answer from another; empty if nothing does. */
    Map<String, String> differences(Answer other) {
        Map<String, String> differences = new LinkedHashMap<>();
        Set<String> names = new TreeSet<>(facts.keySet());
        names.addAll(other.facts.keySet());
        for (String name : names) {
            if (!Objects.equals(facts.get(name), other.facts.get(name))) {
                differences.put(name, other.facts.get(name) + " and " + facts.get(name));
            }
        }
        return differences;
    }

    /** The first of the differences, with the status before all else. */
    static String told(Map<String, String> differences) {
        Map<String, String> first = new LinkedHashMap<>();
        Stream.concat(Stream.of("status").filter(differences::containsKey), differences.keySet().stream())
                .distinct()
                .limit(MOST_TOLD)
                .forEach(name -> first.put(name, shown(String.valueOf(differences.get(name)))));
        int more = differences.size() - first.size();
        return first + (more > 0 ? " and " + more + " more" : "");
    }

    /** What tells it from another, beside what differs between two that should be the same. */
    Map<String, String> differences(Answer one, Answer same) {
        Map<String, String> differences = differences(one);
        differences.keySet().removeAll(one.differences(same).keySet());
        return differences;
    }

    /** Headers of another that it has not, or twice, if it is streamed. */
    // Such an answer gets Spring Security's headers from two threads, and Tomcat then loses or doubles some
    // (github.com/spring-projects/spring-security/issues/15510). They hold nothing of anybody's.
    Set<String> lostHeaders(Answer other) {
        Set<String> lost = new TreeSet<>();
        boolean streamed = facts.getOrDefault("header transfer-encoding", "").contains("chunked");
        other.facts.forEach((name, value) -> {
            String here = facts.get(name);
            if (streamed && name.startsWith("header ") && (here == null || here.equals(value + ", " + value))) {
                lost.add(name);
            }
        });
        return lost;
    }

    /** The first of some texts that stands in the answer and was not in the request. */
    java.util.Optional<String> shows(Set<String> markers) {
        return markers.stream()
                .filter(marker -> facts.values().stream().anyMatch(text -> text.contains(marker)))
                .findFirst();
    }

    /** What a page says is wrong, by the classes of its elements; empty if it says nothing. */
    List<String> errors() {
        List<String> errors = new ArrayList<>();
        if (facts.getOrDefault("header content-type", "").startsWith("text/html")) {
            Matcher element = ERROR.matcher(body);
            while (element.find() && errors.size() < MOST_TOLD) {
                String text = element.group(2)
                        .replaceAll("<[^>]*>", " ")
                        .replaceAll("\\s+", " ")
                        .strip();
                if (!text.isEmpty()) {
                    errors.add(text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text);
                }
            }
        }
        return errors;
    }

    /** The cookies that it sets, as they are sent back. */
    Map<String, String> cookies() {
        Map<String, String> cookies = new LinkedHashMap<>();
        Matcher cookie = COOKIE.matcher(facts.getOrDefault("header set-cookie", ""));
        while (cookie.find()) {
            cookies.put(cookie.group(1), cookie.group(2));
        }
        return cookies;
    }

    /** For messages, with what a page says is wrong, and not with its head. */
    String refusal() {
        List<String> errors = errors();
        return errors.isEmpty() ? text() : status + ", and the page says " + errors;
    }

    /** For messages. */
    String text() {
        String shown = shown(body.strip());
        return status + (shown.isEmpty() ? "" : " " + shown);
    }

    private static String shown(String text) {
        String printed = text.indexOf('\0') >= 0 ? text.replaceAll("\\p{Cntrl}", "?") : text;
        return printed.length() > SHOWN ? printed.substring(0, SHOWN) + "…" : printed;
    }
}
