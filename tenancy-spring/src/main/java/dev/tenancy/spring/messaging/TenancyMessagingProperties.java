package dev.tenancy.spring.messaging;

import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings under {@code tenancy.messages}.
 *
 * @param withoutTenant The topics of Kafka and the queues and exchanges of RabbitMQ whose messages belong to no tenant: by name, each with the
 *     reason. Nothing is added to what is sent there, and their listeners act for nobody. A name with a dot is written in brackets:
 *     [rates.daily].
 */
@ConfigurationProperties("tenancy.messages")
public record TenancyMessagingProperties(@DefaultValue Map<String, String> withoutTenant) {}
