package dev.tenancy.test.isolation;

import dev.tenancy.test.isolation.Operation.Parameter;
import dev.tenancy.test.isolation.Request.Part;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.context.ApplicationContext;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;
import org.springframework.web.servlet.resource.ResourceHttpRequestHandler;

/** Files that endpoints were sent, and the places at which they are shown. */
final class UploadedFiles {

    private static final String FILENAME = "the name of the file";
    // Of the application's own, in texts of an answer.
    private static final Pattern ADDRESS = Pattern.compile("(?:https?://localhost(?::\\d+)?)?(/[\\w./%-]+)");

    private final List<EndpointAttack> endpoints;
    private final EndpointSides sides;
    private final List<String> folders;

    /**
     * @param endpoints those that take files among them
     * @param folders addresses below which files are served
     */
    UploadedFiles(List<EndpointAttack> endpoints, EndpointSides sides, List<String> folders) {
        this.endpoints = endpoints;
        this.sides = sides;
        this.folders = folders;
    }

    /** The addresses below which the application serves files, each with a slash at its end. */
    static List<String> folders(ApplicationContext context) {
        Set<String> folders = new TreeSet<>();
        context.getBeansOfType(SimpleUrlHandlerMapping.class)
                .values()
                .forEach(mapping -> mapping.getHandlerMap().forEach((pattern, handler) -> {
                    if (handler instanceof ResourceHttpRequestHandler && pattern.endsWith("/**")) {
                        folders.add(pattern.substring(0, pattern.length() - 2));
                    }
                }));
        return List.copyOf(folders);
    }

    /**
     * A file that was stored.
     *
     * @param names by which others may ask for it, by where they stand in the answer
     */
    private record Stored(Answer answer, Map<String, String> names, Set<String> marks) {}

    private Stored store(RequestTemplate template, TenantRows side) {
        Request request = template.request(side);
        Set<String> marks = new LinkedHashSet<>();
        request.parts.stream().map(Part::mark).filter(Objects::nonNull).forEach(marks::add);
        Request silent = request.copy();
        // As it is, also where it repeats what was sent.
        silent.texts.clear();
        silent.slots.clear();
        Answer answer = sides.send(silent, sides.member(side));
        Map<String, String> names = new LinkedHashMap<>();
        if (answer.isGood()) {
            answer.facts().forEach((place, text) -> {
                if (place.startsWith("body") || place.equals("header location")) {
                    String last = text.replaceFirst("^\"(.*)\"$", "$1").replaceFirst("^.*/", "");
                    if (!last.isEmpty() && last.length() < 200) {
                        names.put(place, last);
                    }
                }
            });
            request.parts.stream()
                    .map(Part::file)
                    .filter(Objects::nonNull)
                    .forEach(file -> names.putIfAbsent(FILENAME, file));
            side.hasUploaded(marks);
        }
        return new Stored(answer, names, marks);
    }

    /** Ways to ask for a file by what its upload was answered, or by its name; each tenant asks for a file of its own. */
    Stream<RequestTemplate> named(RequestTemplates templates) {
        List<String> parameters = templates.operation().parameters().stream()
                .filter(one -> one.in().equals("path") || one.in().equals("query") && one.required())
                .map(Parameter::name)
                .toList();
        return parameters.isEmpty()
                ? Stream.empty()
                : endpoints.stream()
                        .filter(endpoint -> endpoint.operation().isMultipart()
                                && endpoint.operation() != templates.operation()
                                && endpoint.found() != null)
                        .map(endpoint -> Objects.requireNonNull(endpoint.found()))
                        .flatMap(upload -> store(upload, sides.owner()).names().keySet().stream()
                                .flatMap(place -> parameters.stream()
                                        .flatMap(parameter -> templates
                                                .with(parameter, tenant -> name(upload, place, tenant))
                                                .all()
                                                .limit(3))));
    }

    private String name(RequestTemplate upload, String place, Object tenant) {
        TenantRows side = tenant.equals(sides.owner().tenant()) ? sides.owner() : sides.other();
        Stored stored = store(upload, side);
        String name = stored.names().get(place);
        if (name == null) {
            throw new Unproven("not proven: " + upload.operation().name() + " was answered without " + place
                    + " when a file was stored once more: " + stored.answer().text());
        }
        return name;
    }

    /** What the owner has uploaded, at the addresses that the answer tells and in the folders that are served. */
    Shown elsewhere(RequestTemplate template) {
        sides.clear();
        Stored stored = store(template, sides.owner());
        String upload = template.operation().name();
        if (!stored.answer().isGood()) {
            throw new Unproven("not proven: " + upload + ", its file elsewhere: its owner does not get through: "
                    + stored.answer().text());
        }
        Set<String> shown = new LinkedHashSet<>();
        for (String address : addresses(stored)) {
            Request request = new Request("GET", address);
            if (sides.send(request, sides.member(sides.owner()))
                    .shows(stored.marks())
                    .isPresent()) {
                shown.add(address.replaceFirst("[^/]*$", "…"));
                requireHidden(upload, address, request, sides.member(sides.other()), stored);
                requireHidden(upload, address, request, Map.of(), stored);
            }
        }
        return shown.isEmpty()
                ? Shown.untouched("at no address that is served or was answered is it shown, to its owner neither")
                : Shown.proven("to its owner alone: " + shown);
    }

    private void requireHidden(
            String upload, String address, Request request, Map<String, String> credential, Stored stored) {
        Answer answer = sides.send(request, sides.attacking(credential));
        if (answer.shows(stored.marks()).isPresent()) {
            throw Unproven.leak(
                    upload + ", its file elsewhere: GET " + address
                            + " shows what one tenant has uploaded to "
                            + (credential.isEmpty() ? "a caller without a credential" : "another tenant")
                            + ". Do not store it in a static folder: serve it by a handler that looks up its row within the tenant.");
        }
    }

    private Set<String> addresses(Stored stored) {
        Set<String> addresses = new LinkedHashSet<>();
        stored.answer().facts().forEach((place, text) -> {
            Matcher address = ADDRESS.matcher(place.startsWith("body") || place.equals("header location") ? text : "");
            while (address.find()) {
                addresses.add(address.group(1));
            }
        });
        for (String folder : folders) {
            stored.names().values().forEach(name -> addresses.add(folder + HttpCalls.encoded(name)));
        }
        addresses.removeIf(address -> !isAddress(address));
        return addresses;
    }

    private static boolean isAddress(String text) {
        try {
            return URI.create(text).getRawPath() != null;
        } catch (IllegalArgumentException none) {
            return false;
        }
    }
}
