package dev.tenancy.spring.crud;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Beside what Jackson writes of records that hold nothing. */
class AnswerInclusionTest {

    private static final JsonInclude.Value ALWAYS =
            JsonInclude.Value.construct(JsonInclude.Include.ALWAYS, JsonInclude.Include.ALWAYS);
    private static final JsonInclude.Value NON_NULL =
            JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL);

    enum Setting {
        NONE(json -> {}),
        ALL_SPARE(json -> json.changeDefaultPropertyInclusion(any -> NON_NULL)),
        TEXTS_SPARE(json -> json.withConfigOverride(String.class, text -> text.setIncludeAsProperty(NON_NULL))),
        TEXTS_SPARE_BY_THEMSELVES(json -> json.withConfigOverride(String.class, text -> text.setInclude(NON_NULL))),
        TEXTS_FULL_ALL_SPARE(json -> json.changeDefaultPropertyInclusion(any -> NON_NULL)
                .withConfigOverride(String.class, text -> text.setIncludeAsProperty(ALWAYS))),
        LISTS_SPARE(json -> json.withConfigOverride(List.class, list -> list.setIncludeAsProperty(NON_NULL))),
        CRATES_SPARE(json -> json.withConfigOverride(Crate.class, crate -> crate.setInclude(NON_NULL))),
        SPARE_CRATES_FULL(json -> json.withConfigOverride(SpareCrate.class, crate -> crate.setInclude(ALWAYS)));

        final JsonMapper mapper;

        Setting(Consumer<JsonMapper.Builder> change) {
            JsonMapper.Builder json = JsonMapper.builder();
            change.accept(json);
            mapper = json.build();
        }
    }

    record Crate(UUID id, String code, List<String> tags) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record SpareCrate(
            UUID id,
            @JsonInclude(JsonInclude.Include.ALWAYS) String code,
            List<String> tags) {}

    @ParameterizedTest
    @EnumSource
    void aFieldIsAlwaysThereIfJacksonWritesItsNull(Setting setting) {
        AnswerInclusion inclusion = new AnswerInclusion(() -> setting.mapper);
        for (Record nothing : List.of(new Crate(null, null, null), new SpareCrate(null, null, null))) {
            JsonNode written = setting.mapper.readTree(setting.mapper.writeValueAsString(nothing));
            assertThat(Stream.of("id", "code", "tags")
                            .filter(field -> inclusion.isAlwaysThere(nothing.getClass(), field, true)))
                    .as(nothing.getClass().getSimpleName())
                    .containsExactlyInAnyOrderElementsOf(written.propertyNames());
        }
    }
}
