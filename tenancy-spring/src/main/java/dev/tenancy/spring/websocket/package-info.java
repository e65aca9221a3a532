/**
 * Messages of STOMP over WebSocket act for whoever acted when their connection was opened, as long as they may.
 */
@NullMarked
package dev.tenancy.spring.websocket;

import org.jspecify.annotations.NullMarked;
